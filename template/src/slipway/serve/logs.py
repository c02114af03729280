"""The server's log lines: one a request, and what it and its libraries have to say besides."""

import logging
import sys
from collections.abc import MutableMapping
from types import TracebackType
from typing import Any

import msgspec
import structlog

from ..logs import local, output, record, span

Failure = tuple[type[BaseException], BaseException, TracebackType | None]
encode = msgspec.json.Encoder().encode


class RequestLine(msgspec.Struct):
    """What is logged of a request: nothing that it contained.

    `request_id` leads to its captures, `trace_id` to what its client did besides.
    """

    method: str
    route: str
    status: int
    milliseconds: float
    request_id: str
    trace_id: str
    time: str
    event: str = "request"
    level: str = "info"


def write_request(
    method: str, route: str, status: int, milliseconds: float, request_id: str, trace_id: str
) -> None:
    """Log one line; it is made here because structlog takes three times as long."""
    line = RequestLine(method, route, status, milliseconds, request_id, trace_id, record.now())
    if record.is_json():
        own = encode(record.origin())
        text = encode(line)[:-1] + (b"," + own[1:] if len(own) > 2 else b"}")
    else:
        fields = msgspec.structs.asdict(line)
        text = record.text(fields).encode()
        if span.current() is not None:
            local.keep(**fields)
    output.output.write(text + b"\n")
    output.output.flush()


class Library(logging.Handler):
    """What libraries log, as records; of an exception where it happened, not what it says."""

    def emit(self, entry: logging.LogRecord) -> None:
        """Write one record."""
        fields = {"exception": _where(entry.exc_info)} if entry.exc_info else {}
        output.emit(entry.levelname.lower(), entry.getMessage(), logger=entry.name, **fields)


def _where(failure: Any) -> str:
    kind, error, place = failure
    if kind is None:
        return ""
    return output.trace(kind, error, place, private=True) + output.summary(kind, error, True)


def _write(_: Any, level: str, event: MutableMapping[str, Any]) -> str:
    """Write what the server says, as structlog's last processor."""
    output.emit(level, **event)
    raise structlog.DropEvent


def configure() -> None:
    """Set up structlog, and the standard library's logging to look the same."""
    structlog.configure(
        processors=[_write],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(handlers=[Library()], level=logging.WARNING, force=True)
