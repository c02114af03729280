"""The records of a trace: of the store of a cluster, and of what this machine has kept."""

import json
from collections.abc import Iterable
from typing import Any

from ..demo import stage
from ..errors import ProjectError
from ..logs import local, store
from ..logs.span import KIND
from ..settings import settings

LEADING = ("trace_id", "request_id", "run_id", "registry_run", "pipeline_run")  # an id may be any
RECORDS_MAXIMUM = 2_000
NEWEST = 500  # spans that are looked at for the newest traces
SINCE = "365d"

Record = dict[str, Any]


def of(identity: str, address: str) -> list[Record]:
    """Return the records of the trace that an id leads to, oldest first.

    Raises:
        ProjectError: Nothing is kept of it, or the store does not answer.
    """
    kept = list(_local())
    traces = {str(one["trace_id"]) for one in kept if _leads(one, identity)}
    if address:
        traces |= _asked(address, _either(LEADING, [identity]), "uniq by (trace_id)")
    if not traces:
        raise ProjectError(
            f"No trace is kept that {identity} leads to: `make trace` lists the newest ones, WHERE "
            "names a cluster, and of a request without a sampled traceparent only some are kept."
        )
    records = [one for one in kept if one.get("trace_id") in traces]
    if address:
        query = f"{_either(['trace_id'], sorted(traces))} | limit {RECORDS_MAXIMUM}"
        records += [_record(line) for line in store.ask(address, f"_time:{SINCE} {query}")]
    return sorted(_once(records), key=begin)


def newest(address: str) -> list[Record]:
    """Return the newest spans, oldest first.

    Raises:
        ProjectError: There is none, or the store does not answer.
    """
    spans = [one for one in _local() if is_span(one)]
    if address:
        query = f'_time:{SINCE} "kind":="{KIND}" | sort by (_time) desc | limit {NEWEST}'
        spans += [_record(line) for line in store.ask(address, query)]
    if not spans:
        raise ProjectError("No trace is kept yet: `make train` leaves one, or a served request.")
    return sorted(_once(spans), key=begin)[-NEWEST:]


def is_span(record: Record) -> bool:
    """Tell a span from a line."""
    return record.get("kind") == KIND


def begin(record: Record) -> str:
    """Return when a span began, or a line was printed."""
    return str(record.get("start") or record["time"])


def _local() -> Iterable[Record]:
    """Yield what this machine has kept, also while it played the demo."""
    played = stage.played()
    for state in (settings().state, *([played.state] if played else [])):
        yield from (one for one in local.kept(state) if one.get("trace_id"))


def _leads(record: Record, identity: str) -> bool:
    return any(str(record.get(field)) == identity for field in LEADING)


def _either(fields: Iterable[str], values: list[str]) -> str:
    choices = [f"{json.dumps(f)}:={json.dumps(value)}" for f in fields for value in values]
    return f"({' or '.join(choices)})"


def _asked(address: str, condition: str, rest: str) -> set[str]:
    found = store.ask(address, f"_time:{SINCE} {condition} | {rest}")
    return {line["trace_id"] for line in found if line.get("trace_id")}


def _record(line: store.Line) -> Record:
    """Return a line of the store as it was printed."""
    own = {"time": line.get("_time", ""), "event": line.get("_msg", "")}
    return own | {key: value for key, value in line.items() if not key.startswith("_")}


def _once(records: list[Record]) -> list[Record]:
    """Leave out what an agent that began anew has sent again."""
    known = {str(one.get("span_id") or (begin(one), one["event"])): one for one in records}
    return list(known.values())
