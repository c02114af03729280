"""The report as Prometheus metrics, in the text format that a file collector reads."""

from datetime import UTC, datetime, time

from prometheus_client import CollectorRegistry, Gauge, generate_latest

from ..objectives import Objectives
from .report import Report

COLUMN_GAUGES = {
    "psi": "Population stability index against the training data.",
    "ks": "Kolmogorov-Smirnov distance against the training data.",
    "js": "Jensen-Shannon distance against the training data.",
    "missing_share": "Share of rows without a value.",
    "unseen_share": "Share of rows with a category the training data does not list.",
    "flagged": "1 when a drift limit is exceeded.",
}


def text(report: Report, targets: Objectives) -> bytes:
    """Return the metrics; a figure without a value is left out."""
    registry = CollectorRegistry()
    for field, meaning in COLUMN_GAUGES.items():
        gauge = Gauge(f"model_feature_{field}", meaning, ["feature"], registry=registry)
        for column in report.drift.columns:
            if (value := getattr(column, field)) is not None:
                gauge.labels(column.name).set(value)
    told = meanings(targets)
    for name, value in _values(report, targets).items():
        Gauge(f"model_{name}", told[name], registry=registry).set(value)
    return generate_latest(registry)


def meanings(targets: Objectives) -> dict[str, str]:
    """Return the meaning of everything that is said once a report, by its name."""
    return {
        **{metric.name: metric.meaning for metric in targets.task.metrics},
        "labelled_share": "Share of predictions whose label has arrived.",
        "quality_objective": (
            f"{targets.quality_metric.title} that asks for a training when it is missed."
        ),
        "monitored_rows": "Captured predictions.",
        "retraining_wanted": "1 when the monitor asks for a training.",
        "monitored_until_seconds": "Day as of which labels were read.",
    }


def _values(report: Report, targets: Objectives) -> dict[str, float]:
    performance = report.performance
    midnight = datetime.combine(report.as_of, time(), UTC)
    return {
        **{
            metric.name: performance.values[metric.name]
            for metric in targets.task.metrics
            if metric.name in performance.values
        },
        "labelled_share": performance.labelled_share,
        "quality_objective": targets.monitoring.quality_objective,
        "monitored_rows": performance.predictions,
        "retraining_wanted": report.decision.retrain,
        "monitored_until_seconds": midnight.timestamp(),
    }
