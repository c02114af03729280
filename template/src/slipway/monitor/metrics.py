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
    for name, meaning, value in _figures(report, targets):
        Gauge(f"model_{name}", meaning, registry=registry).set(value)
    return generate_latest(registry)


def _figures(report: Report, targets: Objectives) -> list[tuple[str, str, float]]:
    """Return name, meaning and value of everything that is said once a report."""
    performance = report.performance
    midnight = datetime.combine(report.as_of, time(), UTC)
    return [
        *(
            (metric.name, metric.meaning, performance.values[metric.name])
            for metric in targets.task.metrics
            if metric.name in performance.values
        ),
        (
            "labelled_share",
            "Share of predictions whose label has arrived.",
            performance.labelled_share,
        ),
        (
            "quality_objective",
            f"{targets.quality_metric.title} that asks for a training when it is missed.",
            targets.monitoring.quality_objective,
        ),
        ("monitored_rows", "Captured predictions.", performance.predictions),
        ("retraining_wanted", "1 when the monitor asks for a training.", report.decision.retrain),
        ("monitored_until_seconds", "Day as of which labels were read.", midnight.timestamp()),
    ]
