"""`slipway docs`: gather every page of this project, from which MkDocs writes a site with a search.

Pages keep their paths, so that links between them stay what they are. What is not kept in Git is
made first: the list of metrics, and a page that links the reports of this machine.
"""

import shutil
from pathlib import Path

from ..errors import ProjectError
from ..files import write_bytes
from ..settings import settings
from . import configuration, pages, reports

METRICS = "docs/metrics.md"
REPORTS = "reports.md"


def main(output: Path) -> None:
    """Write pages and configuration below a directory, and say how many pages there are.

    Raises:
        ProjectError: objectives.yaml is wrong, or the directory cannot be written.
    """
    from .. import metrics

    place = output / "pages"
    try:
        shutil.rmtree(place, ignore_errors=True)
        found = pages.gather(settings().project_root, place)
        linked = reports.gather(settings().reports, place / "reports")
    except OSError as error:
        raise ProjectError(f"{place} cannot be written: {error}; free space or mend it.") from None
    metrics.main(place / METRICS)
    write_bytes(place / REPORTS, reports.page(linked).encode())
    listed = sorted([*found, METRICS, REPORTS])
    write_bytes(place / configuration.STYLE, configuration.STYLES.encode())
    write_bytes(output / "mkdocs.yml", configuration.text(listed).encode())
    print(f"{output}: {len(listed)} pages, {len(linked)} reports.")
