"""Yes or no: the probability of an event, and whether to act on it."""

from typing import Any, ClassVar

import numpy as np
from pydantic import Field

from ..section import Section
from . import ranking
from .figure import Metric, named
from .interface import OUTCOMES, Array, Output
from .interface import Kpi as AnyKpi


class Kpi(AnyKpi):
    """The riskiest `capacity` share of the rows is acted on; the rest is left alone."""

    saved_per_caught_event: float = Field(gt=0)
    cost_per_action: float = Field(ge=0)
    capacity: float = Field(gt=0, le=1)


class Binary(Section):
    """Labels are 0 and 1, raw outputs (n, 2) the probabilities of both, predictions that of 1."""

    name: ClassVar = "binary"
    loss: ClassVar = "log_loss"
    classes: ClassVar[tuple[str, ...]] = ()
    calibrated: ClassVar = False
    kpi: ClassVar = Kpi
    metrics: ClassVar = (
        Metric("auc", "AUC", ".3f", "Area under the ROC curve.", "higher"),
        Metric("brier", "Brier score", ".3f", "Mean squared error of probabilities.", "lower"),
        Metric(
            "calibration_error", "calibration error", ".3f", "Expected calibration error.", "lower"
        ),
        Metric("event_rate", "event rate", ".1%", "Share of events."),
        Metric("value_per_1000", "value per 1000 rows", ",.0f", "Net value in the unit.", "higher"),
    )
    outputs: ClassVar = (
        Output("probability", "FP32", "Probability of the event."),
        Output("act", "BOOL", "Whether the row is worth acting on."),
    )

    def wrong_kpi(self, kpi: Kpi) -> str:
        """Any is right."""
        return ""

    def fits(self, labels: Array) -> Array:
        """They are 0 or 1."""
        return np.array([value in (0, 1) for value in labels.tolist()], dtype=bool)

    def wrong_labels(self, labels: Array) -> str:
        """Name what is neither 0 nor 1."""
        values = np.unique(labels[~self.fits(labels)]).tolist()
        return f"an outcome of yes or no is 1 or 0, not {named(values)}" if values else ""

    def numbers(self, labels: Array) -> Array:
        """They are numbers."""
        return labels

    def outcomes(self, labels: Array) -> Array:
        """Count the others and the events."""
        return np.bincount(labels.astype(np.int64), minlength=2)

    def unjudged(self, outcomes: Array, minimum: int = 1) -> str:
        """Nothing can be ranked when all labels are equal."""
        others, events = outcomes.tolist()
        if min(events, others) >= minimum:
            return ""
        known = (
            f"the {events + others:,} labelled rows hold {events:,} events and {others:,} others"
        )
        return f"{known}, and at least {minimum:,} of each must be there: take a longer period"

    def calibrate(self, labels: Array, raw: Array, kpi: Kpi) -> dict[str, Any]:
        """Return the probability from which on the riskiest `capacity` share is acted on."""
        probabilities = self.predictions(raw, {})
        acted = max(1, round(kpi.capacity * len(probabilities)))
        return {"threshold": float(np.sort(probabilities.astype(np.float64))[-acted])}

    def predictions(self, raw: Array, decision: dict[str, Any]) -> Array:
        """Take the probability of 1."""
        event: Array = raw[:, 1]
        return event

    def columns(self, predictions: Array) -> dict[str, Array]:
        """There is one column."""
        return {"prediction": predictions}

    def answer(self, predictions: Array, decision: dict[str, Any]) -> dict[str, list[Any]]:
        """Return the probability of the event, and whether it reaches the threshold."""
        probability: list[float] = predictions.tolist()
        act = [value >= decision["threshold"] for value in probability]
        return {"probability": probability, "act": act}

    def explained(self, predictions: Array) -> dict[str, Array]:
        """Return the probability, from which the decision follows."""
        return {"probability": predictions}

    def tally(self, labels: Array, predictions: Array) -> dict[str, Array]:
        """Count the rows by outcome and probability."""
        return {OUTCOMES: self.outcomes(labels), **ranking.tally(labels, predictions)}

    def figures(self, tally: dict[str, Array], kpi: Kpi) -> dict[str, float]:
        """Measure ranking, calibration and what acting on the riskiest rows is worth."""
        others, events = rows = tally["rows"]
        total = int(rows.sum())
        return {
            "auc": ranking.area(others, events),
            "brier": float(tally["squared_error"][0]) / total,
            "calibration_error": ranking.calibration_error(rows, tally["predicted"]),
            "event_rate": float(events.sum()) / total,
            "value_per_1000": _value(rows, kpi),
        }

    def disagreement(self, predictions: Array, others: Array) -> float:
        """Return the mean absolute difference of the probabilities."""
        return float(np.abs(predictions.astype(np.float64) - others).mean())


def _value(rows: Array, kpi: Kpi) -> float:
    """Return the KPI's net value for each 1000 rows; equal probabilities are acted on by share."""
    others, events = rows
    total = int(rows.sum())
    acted = kpi.capacity * total
    caught = float(events.sum() - ranking.below(others + events, events, total - acted))
    return 1000 * (kpi.saved_per_caught_event * caught - kpi.cost_per_action * acted) / total


TASK = Binary
