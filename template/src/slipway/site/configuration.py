"""What MkDocs is told: where the pages are, and in which order a reader finds them."""

import json
from fnmatch import fnmatch
from typing import Any

from ..project import project

MAIN = "README.md"
SECTIONS = {  # the first whose pattern a path matches has the page
    "How to": ("docs/how-to/*", "docs/use-your-own-data.md", "docs/what-happened-to-my-run.md"),
    "Runbooks": ("*/runbooks/*",),
    "Decisions": ("docs/decisions/*",),
    "Reviews": ("docs/model-health-review.md", "docs/reviews/*", "reports.md"),
    "Post-mortems": ("docs/post-mortem.md", "docs/post-mortems/*"),
    "Reference": ("docs/*",),
    "Components": ("*",),
}
STYLE = "site.css"
STYLES = """\
.wy-nav-content { max-width: 70rem; }
.wy-table-responsive table td, .wy-table-responsive table th { white-space: normal; }
.wy-table-responsive table td:nth-child(2) { min-width: 12rem; }
.wy-menu-vertical a { overflow-wrap: anywhere; }
"""
SETTINGS: dict[str, Any] = {
    "docs_dir": "pages",
    "site_dir": "../site",
    "use_directory_urls": False,  # pages can be read without a server; the search needs one
    "extra_css": [STYLE],
    "plugins": ["search"],
    "theme": {"name": "readthedocs", "highlightjs": False, "navigation_depth": 2},
    "markdown_extensions": ["tables", "fenced_code", {"toc": {"permalink": True}}],
    "validation": {"anchors": "warn", "omitted_files": "warn", "links": {"not_found": "warn"}},
}


def text(names: list[str]) -> str:
    """Return mkdocs.yml, which is JSON and so YAML, for the paths of all pages."""
    site = {"site_name": project().name, **SETTINGS, "nav": _navigation(names)}
    return json.dumps(site, indent=2) + "\n"


def _navigation(names: list[str]) -> list[Any]:
    rest = [name for name in names if name != MAIN]
    sections: dict[str, list[str]] = {}
    for name in rest:
        title = next(t for t, own in SECTIONS.items() if any(fnmatch(name, it) for it in own))
        sections.setdefault(title, []).append(name)
    first = [{"Start": MAIN}] if MAIN in names else []
    return [*first, *({title: sections[title]} for title in SECTIONS if title in sections)]
