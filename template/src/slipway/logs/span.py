"""Spans: what took how long within a trace, as records beside the lines of the same trace."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from . import context, local, otlp, output, record
from .context import Context

KIND = "span"


@dataclass
class Span:
    """Something that takes time; `fields` hold names, numbers and ids, never a value of a row."""

    name: str
    context: Context
    parent: str = ""
    fields: dict[str, Any] = field(default_factory=dict)
    started: float = field(default_factory=time.time)  # seconds since 1970


_current: ContextVar[Span | None] = ContextVar("span", default=None)


def current() -> Span | None:
    """Return the span that goes on here; nothing where nobody keeps one."""
    return _current.get()


def begin(name: str, parent: Context | None, **fields: Any) -> Span:
    """Return a span that begins now, of the trace of `parent` or of a new one."""
    if parent is None:
        return Span(name, context.begun(), fields=fields)
    return Span(name, context.within(parent), parent.span_id, fields)


@contextmanager
def entered(span: Span) -> Iterator[None]:
    """Let `span` go on while the body does; of a failure its kind is kept, not what it says."""
    token = _current.set(span)
    try:
        yield
    except BaseException as error:
        span.fields["error"] = type(error).__name__
        raise
    finally:
        _current.reset(token)
        keep(span)


@contextmanager
def part(name: str, **fields: Any) -> Iterator[None]:
    """Keep what the body does as a part of the current span, if there is one."""
    whole = current()
    if whole is None:
        yield
        return
    with entered(begin(name, whole.context, **fields)):
        yield


def note(**fields: Any) -> None:
    """Add to the current span what leads from it to something else."""
    if (span := current()) is not None:
        span.fields.update(fields)


def carried() -> dict[str, str]:
    """Return the variables that make another process a part of the current span."""
    span = current()
    return {} if span is None else {context.VARIABLE: span.context.header()}


def keep(span: Span) -> None:
    """Write a span that ends now as a record, and send it to the collector, if one is named."""
    ended = time.time()
    fields = {
        "kind": KIND,
        "trace_id": span.context.trace_id,
        "span_id": span.context.span_id,
        "parent_id": span.parent,
        "start": datetime.fromtimestamp(span.started, UTC).isoformat(),
        "milliseconds": round((ended - span.started) * 1000, 3),
        **span.fields,
    }
    said = {key: value for key, value in fields.items() if value != ""}
    level = "error" if "error" in said else record.ORDINARY
    write = output.emit if record.is_json() else local.keep
    write(level, span.name, **said)
    otlp.send(span, ended)
