"""The report as Prometheus metrics, in the text format that a file collector reads."""

from datetime import UTC, datetime, time

from prometheus_client import CollectorRegistry, Gauge, generate_latest

from .report import Report

FEATURE_GAUGES = {
    "psi": "Population stability index against the training data.",
    "ks": "Kolmogorov-Smirnov distance against the training data.",
    "js": "Jensen-Shannon distance against the training data.",
    "missing_share": "Share of rows without a value.",
    "unseen_share": "Share of rows with a category the training data does not list.",
    "flagged": "1 when a drift limit is exceeded.",
}
PERFORMANCE_GAUGES = {
    "labelled_share": "Share of the predictions whose label has arrived.",
    "event_rate": "Share of events among the labelled rows.",
    "auc": "Area under the ROC curve on the labelled rows.",
    "brier": "Mean squared error of the probabilities.",
    "calibration_error": "Expected calibration error.",
    "value_per_1000": "Business value of 1000 predictions, in the unit of objectives.yaml.",
}


def text(report: Report, auc_objective: float) -> bytes:
    """Return the metrics; a figure without a value is left out."""
    registry = CollectorRegistry()
    for field, help_text in FEATURE_GAUGES.items():
        gauge = Gauge(f"model_feature_{field}", help_text, ["feature"], registry=registry)
        for feature in (*report.drift.features, report.drift.prediction):
            if (value := getattr(feature, field)) is not None:
                gauge.labels(feature.name).set(value)
    for field, help_text in PERFORMANCE_GAUGES.items():
        if (value := getattr(report.performance, field)) is not None:
            Gauge(f"model_{field}", help_text, registry=registry).set(value)
    midnight = datetime.combine(report.as_of, time(), UTC)
    for name, help_text, value in (
        ("auc_objective", "AUC below which a training is asked for.", auc_objective),
        ("monitored_rows", "Captured predictions.", report.performance.predictions),
        ("retraining_wanted", "1 when the monitor asks for a training.", report.decision.retrain),
        ("monitored_until_seconds", "Day as of which labels were read.", midnight.timestamp()),
    ):
        Gauge(f"model_{name}", help_text, registry=registry).set(value)
    return generate_latest(registry)
