"""A task of the project's own: how many, judged by how far off a guess is."""

from typing import Any, ClassVar

import numpy as np
from pydantic import Field

from slipway.section import Section
from slipway.tasks import OUTCOMES, VALUE, Array, Metric, Output
from slipway.tasks import Kpi as AnyKpi


class Kpi(AnyKpi):
    """Every letter more or less than guessed costs the same."""

    cost_per_letter: float = Field(gt=0)


class Counting(Section):
    """Labels, raw outputs (n, 1) and predictions (n,) are numbers from 0 on."""

    name: ClassVar = "counting"
    loss: ClassVar = "squared_error"
    classes: ClassVar[tuple[str, ...]] = ()
    calibrated: ClassVar = False
    kpi: ClassVar = Kpi
    metrics: ClassVar = (
        Metric("mean_error", "mean error", ".2f", "Mean absolute error.", "lower"),
        Metric(VALUE, "value per 1000 rows", ",.0f", "Cost in the unit, negative.", "higher"),
    )
    outputs: ClassVar = (Output("estimate", "FP32", "Expected number."),)

    def wrong_kpi(self, kpi: Kpi) -> str:
        """Any is right."""
        return ""

    def fits(self, labels: Array) -> Array:
        """They are numbers from 0 on."""
        found: Array = labels >= 0
        return found

    def wrong_labels(self, labels: Array) -> str:
        """Name what is no number from 0 on."""
        return "" if np.all(self.fits(labels)) else "a count is a number from 0 on"

    def numbers(self, labels: Array) -> Array:
        """They are numbers."""
        return labels

    def outcomes(self, labels: Array) -> Array:
        """There is one kind of outcome."""
        return np.array([len(labels)])

    def unjudged(self, outcomes: Array, minimum: int = 1) -> str:
        """Any number of letters can be judged."""
        return "" if outcomes[0] >= minimum else f"{minimum} labelled rows are needed"

    def calibrate(self, labels: Array, raw: Array, kpi: Kpi) -> dict[str, Any]:
        """Nothing is decided."""
        return {}

    def predictions(self, raw: Array, decision: dict[str, Any]) -> Array:
        """Take the one column."""
        estimate: Array = raw[:, 0]
        return estimate

    def columns(self, predictions: Array) -> dict[str, Array]:
        """There is one column."""
        return {"estimate": predictions}

    def answer(self, predictions: Array, decision: dict[str, Any]) -> dict[str, list[Any]]:
        """Return the numbers."""
        return {"estimate": predictions.tolist()}

    def explained(self, predictions: Array) -> dict[str, Array]:
        """The estimate is all there is."""
        return {"estimate": predictions}

    def tally(self, labels: Array, predictions: Array) -> dict[str, Array]:
        """Add up how far off the predictions are."""
        error = np.abs(labels - predictions.astype(np.float64))
        return {OUTCOMES: self.outcomes(labels), "error": np.array([error.sum()])}

    def figures(self, tally: dict[str, Array], kpi: Kpi) -> dict[str, float]:
        """Return how far off a prediction is, and what that costs."""
        error = float(tally["error"][0] / tally[OUTCOMES][0])
        return {"mean_error": error, VALUE: -1000 * kpi.cost_per_letter * error}

    def disagreement(self, predictions: Array, others: Array) -> float:
        """Return the mean absolute difference."""
        return float(np.abs(predictions.astype(np.float64) - others).mean())


TASK = Counting
