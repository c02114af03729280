"""Trainings in the queue of a cluster: which place each has, and why it waits."""

from datetime import UTC, datetime
from typing import Any

from ..errors import ProjectError
from ..project import project
from ..queues import reasons
from . import commands

HEAD = ("TRAINING", "QUEUE", "PLACE", "PRIORITY", "SINCE", "")
KIND = "workloads.kueue.x-k8s.io"

Object = dict[str, Any]


def lines() -> list[str]:
    """Return a table of what waits and runs, after an empty line; nothing without a queue."""
    if not project().queue:
        return []
    try:
        found = commands.get(KIND, f"--namespace={project().name}-pipelines")
    except ProjectError as error:
        return ["", f"The queue cannot be asked: {str(error).splitlines()[0]}"]
    rows = table([item for item in found if not reasons.holds(item, "Finished")])
    return ["", *_aligned([HEAD, *rows])] if rows else ["", "No training waits or runs."]


def table(workloads: list[Object]) -> list[tuple[str, ...]]:
    """Return a row for each training: those that run, then those that wait, the next first."""
    runs = [item for item in workloads if reasons.holds(item, "Admitted")]
    waits = sorted((item for item in workloads if item not in runs), key=_turn)
    rows = [_row(item, "runs", "") for item in sorted(runs, key=_turn)]
    return rows + [_row(item, str(n), reasons.why(item)) for n, item in enumerate(waits, 1)]


def _turn(workload: Object) -> tuple[int, str]:
    """Return what Kueue's order goes by: priority, then age."""
    moment: str = workload["metadata"]["creationTimestamp"]
    evicted = reasons.condition(workload, "Evicted")
    if (evicted.get("status"), evicted.get("reason")) == ("True", "PodsReadyTimeout"):
        moment = evicted["lastTransitionTime"]  # whoever made room keeps its turn
    return -int(workload["spec"].get("priority", 0)), moment


def _since(workload: Object) -> str:
    """Return the time since when it runs or waits."""
    condition = reasons.condition(workload, "Admitted")
    if condition.get("status") != "True":
        condition = reasons.condition(workload, "Evicted")
    created: str = workload["metadata"]["creationTimestamp"]
    return str(condition["lastTransitionTime"]) if condition.get("status") == "True" else created


def _row(workload: Object, place: str, why: str) -> tuple[str, ...]:
    owners = workload["metadata"].get("ownerReferences") or [workload["metadata"]]
    spec = workload["spec"]
    urgent = spec.get("priorityClassRef", {}).get("name", "-").removeprefix("training-")
    return owners[0]["name"], spec["queueName"], place, urgent, _age(_since(workload)), why


def _age(moment: str) -> str:
    seconds = (datetime.now(UTC) - datetime.fromisoformat(moment)).total_seconds()
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"


def _aligned(rows: list[tuple[str, ...]]) -> list[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD) - 1)]
    return [
        "  ".join(
            [*(f"{cell:<{w}}" for cell, w in zip(row, widths, strict=False)), row[-1]]
        ).rstrip()
        for row in rows
    ]
