"""Directories of a store, file by file; of a large file one part at a time is in memory."""

from collections.abc import Iterator
from pathlib import Path

from .. import store
from ..errors import ProjectError
from ..files import write_parts

PART_BYTES = 8 * 2**20  # of one request, so that no file is too large for the client's timeout


def fetch(place: str, directory: Path) -> None:
    """Copy all files below `place`, a directory or bucket URL, to a directory.

    Raises:
        ProjectError: The store fails, or nothing is there.
    """
    directory.mkdir(parents=True, exist_ok=True)
    with store.opened(place) as opened:
        sizes = {entry["path"]: entry["size"] for part in opened.list() for entry in part}
    if not sizes:
        raise ProjectError(f"{place} holds nothing: run the whole pipeline again.")
    for path, size in sizes.items():
        write_parts(directory / path, _parts(place, path, size))


def send(directory: Path, place: str) -> None:
    """Copy all files of a directory to `place`, a directory or bucket URL.

    Raises:
        ProjectError: The store fails.
    """
    with store.opened(place) as opened:
        for path in sorted(path for path in directory.rglob("*") if path.is_file()):
            opened.put(path.relative_to(directory).as_posix(), path)


def _parts(place: str, path: str, size: int) -> Iterator[bytes]:
    """Yield a file of `size` bytes part by part."""
    with store.opened(place) as opened:
        for start in range(0, size, PART_BYTES):
            end = min(start + PART_BYTES, size)
            yield bytes(opened.get_range(path, start=start, end=end))
