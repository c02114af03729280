"""Standard output and standard error, on which every line is a record, whoever prints it."""

import io
import sys
import traceback
from contextlib import suppress
from types import TracebackType
from typing import Any, BinaryIO

from ..errors import ProjectError
from . import record

LEVELS = {"error: ": "error", "warning: ": "warning"}
LEFT_OUT = "what it says is left out, as it may quote a row"


class Output:
    """Standard output that loses a line rather than fail its caller: disks fill, pipes close."""

    def __init__(self) -> None:
        self.stream: BinaryIO | None = None

    def write(self, line: bytes) -> None:
        """Write the line, if that is possible."""
        with suppress(OSError, ValueError):
            (self.stream or sys.stdout.buffer).write(line)

    def flush(self) -> None:
        """Hand out what is written, if that is possible."""
        with suppress(OSError, ValueError):
            (self.stream or sys.stdout.buffer).flush()


output = Output()


class Lines(io.TextIOBase):
    """Takes what is printed, and hands on each line as a record."""

    def __init__(self) -> None:
        self.begun = ""

    def writable(self) -> bool:
        """Say that it can be written to."""
        return True

    def write(self, text: str) -> int:
        """Keep what is no whole line yet."""
        *whole, self.begun = (self.begun + text).split("\n")
        for words in whole:
            say(words)
        return len(text)

    def close(self) -> None:
        """Hand on the last line, which has no end."""
        if self.begun:
            self.write("\n")
        super().close()


def say(words: str) -> None:
    """Write a printed line as a record; `error: ` and `warning: ` become its level."""
    level = next((LEVELS[prefix] for prefix in LEVELS if words.startswith(prefix)), "")
    event = words.partition(": ")[2] if level else words.rstrip()
    if event:
        emit(level or record.ORDINARY, event)


def emit(level: str, event: str, **fields: Any) -> None:
    """Write one record."""
    output.write(record.line(level, event, **fields) + b"\n")
    output.flush()


def failed(
    kind: type[BaseException], error: BaseException, place: TracebackType | None = None
) -> None:
    """Write why this process ends."""
    emit("error", **why(kind, error, place))


def why(
    kind: type[BaseException], error: BaseException, place: TracebackType | None
) -> dict[str, str]:
    """Return what to say of a failure: a sentence of a mistake, else where it happened as well."""
    if issubclass(kind, ProjectError):
        return {"event": str(error)}
    private = _has_personal_columns()
    said = summary(kind, error, private)
    return {"event": said, "exception": trace(kind, error, place, private)}


def summary(kind: type[BaseException], error: BaseException, private: bool) -> str:
    """Return what happened; without what the exception says where that may quote a row."""
    return f"{kind.__name__}: {LEFT_OUT if private else error}".rstrip(": ")


def trace(
    kind: type[BaseException], error: BaseException, place: TracebackType | None, private: bool
) -> str:
    """Return where it happened."""
    if private:
        return "".join(traceback.format_tb(place))
    return "".join(traceback.format_exception(kind, error, place))


def _has_personal_columns() -> bool:
    """Tell whether rows hold what no log may; who cannot tell says yes."""
    try:
        from ..schema import personal_columns

        return bool(personal_columns())
    except Exception:  # the schema may be what is broken
        return True
