"""The records of traces on one machine, where nobody collects what programs print."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from ..errors import ProjectError
from ..settings import settings
from . import record

FILE = "traces.jsonl"
OLDER = "traces.old.jsonl"
BYTES_MAXIMUM = 16 * 1024**2  # then it becomes OLDER


def keep(level: str, event: str, **fields: Any) -> None:
    """Append a record to the file of this project, if that is possible."""
    if not record.origin().get("project"):
        return
    line = record.encode(record.made(level, event, **fields)) + b"\n"
    with suppress(OSError, ProjectError):
        path = settings().state / FILE
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_file() and path.stat().st_size > BYTES_MAXIMUM:
            path.replace(path.with_name(OLDER))
        with path.open("ab") as file:
            file.write(line)


def kept(state: Path) -> Iterator[dict[str, Any]]:
    """Yield the records below a directory, oldest first; a line that was cut off is left out."""
    for name in (OLDER, FILE):
        with suppress(FileNotFoundError), (state / name).open("rb") as file:
            for line in file:
                with suppress(msgspec.DecodeError):
                    yield msgspec.json.decode(line, type=dict[str, Any])
