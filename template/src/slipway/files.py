"""Writing files so that a crash or a full disk never leaves half of one."""

import fcntl
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from .errors import ProjectError


def write_bytes(path: Path, content: bytes) -> None:
    """Replace the file at `path` by `content`, whole or not at all; directories are made.

    Raises:
        ProjectError: The disk is full or the directory cannot be written.
    """
    write_parts(path, [content])


def write_parts(path: Path, parts: Iterable[bytes]) -> None:
    """Replace the file at `path` by `parts`, of which only one is in memory; as `write_bytes`.

    Raises:
        ProjectError: The disk is full or the directory cannot be written.
    """
    temporary = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as file:
            temporary = Path(file.name)
            file.writelines(parts)
        temporary.chmod(0o644)  # temporary files start as 0600, unreadable to other pods' users
        temporary.replace(path)
    except OSError as error:
        raise ProjectError(
            f"{path} could not be written: {error.strerror}; free space or mend the permissions."
        ) from None
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)


def write_results(directory: Path, results: Mapping[str, str]) -> None:
    """Write each result to a file of its name, from where a workflow takes it."""
    for name, text in results.items():
        write_bytes(directory / name, f"{text}\n".encode())


@contextmanager
def held(path: Path, refusal: str) -> Iterator[IO[str]]:
    """Keep others out who hold the same file, and yield it; it ends with the process.

    Raises:
        ProjectError: Another one holds it: the refusal.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ProjectError(refusal) from None
        yield lock


@contextmanager
def all_or_nothing(paths: Iterable[Path]) -> Iterator[None]:
    """Put files back as they were when the block fails; a file that was not there goes again."""
    before = {path: path.read_bytes() if path.is_file() else None for path in paths}
    try:
        yield
    except BaseException:
        for path, content in before.items():
            _restore(path, content)
        raise


def _restore(path: Path, content: bytes | None) -> None:
    if content is not None:
        write_bytes(path, content)
        return
    if path.is_file():
        path.unlink()
    if path.parent.is_dir() and not any(path.parent.iterdir()):
        path.parent.rmdir()
