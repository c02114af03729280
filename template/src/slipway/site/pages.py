"""The Markdown pages of a project, and the files that they link."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from posixpath import normpath

ROOMS = ("docs", "components", "clusters", "environments", "gitops", "infra", "pipelines", "src")
LINK = re.compile(r"\]\(([^)\s#]+)(?:#[^)\s]*)?\)")
ELSEWHERE = re.compile(r"[a-z]+:")


def gather(root: Path, place: Path) -> list[str]:
    """Copy every page below `root`, and what it links; return the paths of the pages."""
    names = [path.relative_to(root).as_posix() for path in _pages(root)]
    for name in names:
        _copy(root, place, name)
        for target in sorted(_linked(name, (root / name).read_text("utf-8"))):
            if (root / target).is_file():
                _copy(root, place, target)
    return sorted(names)


def _pages(root: Path) -> Iterator[Path]:
    yield from sorted(root.glob("*.md"))
    for room in ROOMS:
        yield from sorted((root / room).rglob("*.md"))


def _linked(name: str, text: str) -> set[str]:
    """Return the files of the project that a page links, by their paths."""
    directory = PurePosixPath(name).parent
    targets = {target for target in LINK.findall(text) if not ELSEWHERE.match(target)}
    paths = {normpath(directory / target) for target in targets}
    return {path for path in paths if not path.startswith("..")}


def _copy(root: Path, place: Path, name: str) -> None:
    (place / name).parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(root / name, place / name)
