"""A trace as text: its spans as a tree, and what was said meanwhile."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime

from ..logs import record
from ..logs.ask import is_added, text
from .find import Record, begin, is_span

INDENT = "  "
NAME_WIDTH = 36
SHOWN = 20  # traces of a list
HIDDEN = {*record.FIELDS, *record.SPAN} - {"run_id", "request_id", "model_version"}


def drawn(records: list[Record]) -> list[str]:
    """Return the spans: when each began, how long it took, and what it is about."""
    spans = [one for one in records if is_span(one)]
    if not spans:
        return []
    known = {one["span_id"] for one in spans}
    parts: dict[str, list[Record]] = defaultdict(list)
    for one in spans:
        parent = one.get("parent_id", "")
        parts[parent if parent in known else ""].append(one)
    started = _time(spans[0])
    traces = ", ".join(dict.fromkeys(one["trace_id"] for one in spans))
    head = [f"trace {traces}, began {started:%Y-%m-%d %H:%M:%S} UTC"]
    return head + [_row(one, depth, started) for one, depth in _walk(parts, "", 0)]


def _walk(parts: dict[str, list[Record]], parent: str, depth: int) -> Iterator[tuple[Record, int]]:
    for one in parts[parent]:
        yield one, depth
        yield from _walk(parts, one["span_id"], depth + 1)


def _row(one: Record, depth: int, started: datetime) -> str:
    after = (_time(one) - started).total_seconds()
    name = INDENT * depth + one["event"]
    component = one.get("component")
    about = [
        *filter(None, [one.get("environment"), component if component != one["event"] else ""])
    ]
    about += [f"{key}={value}" for key, value in one.items() if _is_shown(key)]
    row = f"+{after:8.3f} s {duration(one):>10}  {name:<{NAME_WIDTH}} {' '.join(about)}"
    return row.rstrip()


def _is_shown(key: str) -> bool:
    return key not in HIDDEN and is_added(key)


def duration(one: Record) -> str:
    """Return how long a span took."""
    milliseconds = float(one["milliseconds"])
    return f"{milliseconds:.1f} ms" if milliseconds < 1000 else f"{milliseconds / 1000:.1f} s"


def lines(records: list[Record]) -> list[str]:
    """Return what programs said, oldest first, below a heading."""
    said = [one | {"_time": one["time"], "_msg": one["event"]} for one in records]
    for one in said:
        del one["trace_id"]  # it is above
    shown = dict.fromkeys(text(one) for one in said if not is_span(one))
    return ["", "lines", *shown] if shown else []


def listed(spans: list[Record], cluster: str) -> list[str]:
    """Return a line for each of the newest traces, the newest last: its first span tells of it."""
    where = f" WHERE={cluster}" if cluster else ""
    first: dict[str, Record] = {}
    for one in spans:
        first.setdefault(one["trace_id"], one)
    newest = list(first.items())[-SHOWN:]
    return [
        f"{_time(one):%m-%d %H:%M:%S} {duration(one):>10}  {one['event']:<24} make trace ID={trace}"
        + where
        for trace, one in newest
    ]


def _time(one: Record) -> datetime:
    return datetime.fromisoformat(begin(one))
