"""A log line: what each field means is in docs/log-fields.md, and nowhere else is one made."""

import os
from datetime import UTC, datetime
from typing import Any

import msgspec

from ..errors import ProjectError

FORMAT = "LOG_FORMAT"  # json in pods; people read text
NAMESPACE = "LOG_NAMESPACE"
RUN = "LOG_RUN"
FIELDS = (  # in this order; one that says nothing is left out
    "time",
    "level",
    "event",
    "project",
    "environment",
    "component",
    "run_id",
    "request_id",
    "trace_id",
    "model_version",
)
SPAN = ("kind", "span_id", "parent_id", "start", "milliseconds")  # what a span has besides
SYSTEM = "-system-"  # between the name of a run and that of its step, in the names of Kubeflow
TIME = slice(11, 19)  # of a day, of a moment as text
ORDINARY = "info"
encode = msgspec.json.Encoder(enc_hook=repr).encode

_origin: dict[str, str] = {}


def is_json() -> bool:
    """Tell whether lines are for programs: LOG_FORMAT says so, and images set it."""
    return os.environ.get(FORMAT) == "json"


def describe(component: str, **more: str) -> None:
    """Say once what all lines of this process have in common."""
    name, environments = _project()
    fields = {
        "project": name,
        "environment": _environment(name, environments),
        "component": component,
        "run_id": _run(),
        **more,
    }
    _origin.clear()
    _origin.update({key: value for key, value in fields.items() if value})


def origin() -> dict[str, str]:
    """Return what all lines of this process have in common."""
    return _origin


def now() -> str:
    """Return the time as lines have it."""
    return datetime.now(UTC).isoformat()


def made(level: str, event: str, **fields: Any) -> dict[str, Any]:
    """Return a record of this process."""
    return {"time": now(), "level": level, "event": event, **_origin, **fields}


def line(level: str, event: str, **fields: Any) -> bytes:
    """Return a line without its end, as JSON or for a person."""
    record = made(level, event, **fields)
    return encode(record) if is_json() else text(record).encode()


def text(record: dict[str, Any]) -> str:
    """Return a line for a person: time of day, what happened, and what there is to add."""
    hidden = {"time", "level", "event", "exception", *_origin}
    added = [f"{key}={value}" for key, value in record.items() if key not in hidden]
    level = "" if record["level"] == ORDINARY else f"{record['level']}: "
    words = [record["time"][TIME], f"{level}{record['event']}", *added]
    return "\n".join([" ".join(words), *filter(None, [record.get("exception")])])


def _project() -> tuple[str, tuple[str, ...]]:
    from ..project import project

    try:
        return project().name, project().environments
    except ProjectError:  # the command itself says what is wrong
        return "", ()


def _environment(name: str, environments: tuple[str, ...]) -> str:
    """Return the environment that a process is about, or runs in."""
    place = os.environ.get(NAMESPACE, "").removeprefix(f"{name}-")
    return os.environ.get("ENVIRONMENT") or (place if place in environments else "")


def _run() -> str:
    """Return the workflow of this pod; Kubeflow's runs are workflows, too."""
    return os.environ.get(RUN) or os.environ.get("KFP_POD_NAME", "").rpartition(SYSTEM)[0]
