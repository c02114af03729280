"""Yes or no: the probability of an event, and whether to act on it."""

import math
from typing import Any

import numpy as np
from pydantic import Field

from . import Array, Metric, Output
from . import Kpi as AnyKpi

CALIBRATION_BINS = 10
WRONG_LABELS_SHOWN = 5


class Kpi(AnyKpi):
    """The riskiest `capacity` share of the rows is acted on; the rest is left alone."""

    saved_per_caught_event: float = Field(gt=0)
    cost_per_action: float = Field(ge=0)
    capacity: float = Field(gt=0, le=1)


class Binary:
    """Labels are 0 and 1, raw outputs (n, 2) the probabilities of both, predictions that of 1."""

    name = "binary"
    loss = "log_loss"
    kpi = Kpi
    metrics = (
        Metric("auc", "AUC", ".3f", "Area under the ROC curve.", "higher"),
        Metric("brier", "Brier score", ".3f", "Mean squared error of probabilities.", "lower"),
        Metric(
            "calibration_error", "calibration error", ".3f", "Expected calibration error.", "lower"
        ),
        Metric("event_rate", "event rate", ".1%", "Share of events."),
        Metric("value_per_1000", "value per 1000 rows", ",.0f", "Net value in the unit.", "higher"),
    )
    outputs = (
        Output("probability", "FP32", "Probability of the event."),
        Output("act", "BOOL", "Whether the row is worth acting on."),
    )

    def wrong_labels(self, labels: Array) -> str:
        """Name what is neither 0 nor 1."""
        values = [value for value in np.unique(labels).tolist() if value not in (0, 1)]
        if not values:
            return ""
        shown = ", ".join(map(str, values[:WRONG_LABELS_SHOWN]))
        more = ", ..." if len(values) > WRONG_LABELS_SHOWN else ""
        return f"an outcome of yes or no is 1 or 0, not {shown}{more}"

    def unjudged(self, labels: Array, minimum: int = 1) -> str:
        """Nothing can be ranked when all labels are equal."""
        events = int(labels.sum())
        others = len(labels) - events
        if min(events, others) >= minimum:
            return ""
        known = f"the {len(labels):,} labelled rows hold {events:,} events and {others:,} others"
        return f"{known}, and at least {minimum:,} of each must be there: take a longer period"

    def predictions(self, raw: Array) -> Array:
        """Take the probability of 1."""
        event: Array = raw[:, 1]
        return event

    def columns(self, predictions: Array) -> dict[str, Array]:
        """There is one column."""
        return {"prediction": predictions}

    def decision(self, predictions: Array, kpi: Kpi) -> dict[str, float]:
        """Return the probability from which on the riskiest `capacity` share is acted on."""
        acted = max(1, round(kpi.capacity * len(predictions)))
        return {"threshold": float(np.sort(predictions.astype(np.float64))[-acted])}

    def answer(self, predictions: Array, decision: dict[str, float]) -> dict[str, list[Any]]:
        """Return the probability of the event, and whether it reaches the threshold."""
        probability: list[float] = predictions.tolist()
        act = [value >= decision["threshold"] for value in probability]
        return {"probability": probability, "act": act}

    def figures(self, labels: Array, predictions: Array, kpi: Kpi) -> dict[str, float]:
        """Measure ranking, calibration and what acting on the riskiest rows is worth."""
        predictions = predictions.astype(np.float64)
        acted = predictions >= self.decision(predictions, kpi)["threshold"]
        return {
            "auc": auc(labels, predictions),
            "brier": float(np.mean((predictions - labels) ** 2)),
            "calibration_error": _calibration_error(labels, predictions),
            "event_rate": float(labels.mean()),
            "value_per_1000": _value(labels, acted, kpi),
        }

    def disagreement(self, predictions: Array, others: Array) -> float:
        """Return the mean absolute difference of the probabilities."""
        return float(np.abs(predictions.astype(np.float64) - others).mean())


def auc(labels: Array, probabilities: Array) -> float:
    """Return the area under the ROC curve: the Mann-Whitney U, ties counted half."""
    _, order, counts = np.unique(probabilities, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[order]
    events = int(labels.sum())
    u = ranks[labels == 1].sum() - events * (events + 1) / 2
    return float(u / (events * (len(labels) - events)))


def _calibration_error(labels: Array, probabilities: Array) -> float:
    """Return the expected calibration error over ten bins of equal row counts."""
    order = np.argsort(probabilities, kind="stable")
    gaps = [
        abs(float(labels[rows].mean() - probabilities[rows].mean())) * len(rows)
        for rows in np.array_split(order, CALIBRATION_BINS)
        if len(rows)
    ]
    return math.fsum(gaps) / len(labels)  # exact: sum() differs between Python 3.11 and 3.12


def _value(labels: Array, acted: Array, kpi: Kpi) -> float:
    """Return the KPI's net value for each 1000 rows."""
    caught = int(labels[acted].sum())
    value = kpi.saved_per_caught_event * caught - kpi.cost_per_action * int(acted.sum())
    return 1000 * value / len(labels)


TASK = Binary()
