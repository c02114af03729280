"""The figures that count now, each with its name, and whether it is bad."""

from .. import tasks
from ..monitor.performance import Performance
from ..monitor.report import Report
from ..objectives import Objectives
from ..tasks import VALUE
from .facts import Facts


def tiles(facts: Facts, targets: Objectives) -> list[tuple[str, str, bool]]:
    """Return name and value of what counts now, and whether it is bad."""
    newest, metric = facts.months[-1], targets.quality_metric
    measured, performance = newest.performance.values.get(metric.name), newest.performance
    objective, unit = targets.monitoring.quality_objective, targets.kpi.unit
    values = [value for month in facts.months if (value := worth(month)) is not None]
    refused = [it for it in facts.versions if it.report and not it.report.passed]
    opened = [action for incident in facts.incidents for action in incident.open]
    overdue = any(action.overdue(facts.now.date()) for action in opened)
    misses = measured is not None and metric.misses(measured, objective)
    return [
        (metric.title, metric.show(measured) or "not known", misses),
        ("objective", metric.limit(objective), False),
        *_limits(performance, targets),
        ("labels arrived", f"{performance.labelled_share:.0%}", False),
        (f"{unit}, {newest.month}", amount(worth(newest)), False),
        (
            f"{unit}, all {len(values)} months",
            amount(sum(values)) if values else "not known",
            False,
        ),
        ("columns that drifted", str(len(newest.drift.flagged)), False),
        ("models that the gate refused", f"{len(refused)} of {len(facts.versions)}", False),
        ("actions still open", str(len(opened)), overdue),
    ]


def _limits(performance: Performance, targets: Objectives) -> list[tuple[str, str, bool]]:
    """Return the figures that the gate limits, as the newest month has them."""
    gate, values = targets.gate, performance.values
    sides = (("at least", gate.minimum, 1), ("at most", gate.maximum, -1))
    return [
        (
            f"{metric.title}, {side} {metric.limit(limit)}",
            metric.show(values[name]),
            way * values[name] < way * limit,
        )
        for side, limits, way in sides
        for name, limit in limits.items()
        if name in values
        for metric in (tasks.metric(targets.task, name),)
    ]


def worth(month: Report) -> float | None:
    """Return what the labelled rows of a month were worth, in the unit of the KPI."""
    value = month.performance.values.get(VALUE)
    return None if value is None else value * month.performance.rows / 1000


def amount(value: float | None) -> str:
    """Return a sum of money, or whatever the KPI counts."""
    return "not known" if value is None else f"{value:,.0f}"
