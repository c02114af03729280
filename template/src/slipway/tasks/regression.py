"""How much: a number, and the interval in which the outcome lies as often as `coverage` says.

The interval is split conformal, in bins of the predicted value: the model that was fitted on the
older days says how far off it is on the newest days of the training, and the distances of a bin are
put around what the final model says there. Large values are often harder to predict than small
ones; an interval of one width would cover too many of these and too few of those. Of rows that
could have come in any order, it covers at least the share `coverage` in each bin: Vovk, Gammerman
and Shafer, "Algorithmic Learning in a Random World" (2005); Bostrom and Johansson, "Mondrian
conformal regressors" (2020). Days come in one order only, and the final model has learned from the
newest as well, so the covered share is not promised but measured: by the gate on later rows, by the
monitor on what was answered.
"""

import math
from typing import Any, ClassVar

import numpy as np
from pydantic import Field

from ..section import Section
from .figure import Metric, named, shown
from .interface import OUTCOMES, VALUE, Array, Output
from .interface import Kpi as AnyKpi

LARGEST = float(np.finfo(np.float32).max)
BINS_MAXIMUM, BIN_ROWS = 5, 100  # of the interval; of fewer rows the ends are those of a few
SPREAD_MINIMUM = 1e-6  # of an outcome's size; float32 holds little less


class Kpi(AnyKpi):
    """What one unit costs by which a prediction is too low or too high."""

    cost_per_unit_too_low: float = Field(gt=0)
    cost_per_unit_too_high: float = Field(gt=0)


class Regression(Section):
    """Labels are numbers, raw outputs (n, 1), predictions (n, 3): lower end, value, upper end.

    `unit` is that of the outcome. The outcome lies below the interval as often as above it.
    """

    unit: str = ""
    coverage: float = Field(default=0.8, ge=0.5, le=0.99)

    name: ClassVar = "regression"
    loss: ClassVar = "squared_error"
    classes: ClassVar[tuple[str, ...]] = ()
    calibrated: ClassVar = True
    kpi: ClassVar = Kpi

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """Errors have the unit of the outcome."""
        of = f" ({self.unit})" if self.unit else ""
        share = f"Share of outcomes within the interval; {self.coverage:.0%} are meant to be."
        return (
            Metric("mae", f"mean absolute error{of}", "", "Mean absolute error.", "lower"),
            Metric("rmse", f"root mean squared error{of}", "", "Square root of MSE.", "lower"),
            Metric("bias", f"bias{of}", "", "Mean of prediction minus outcome."),
            Metric("interval_coverage", "covered by the interval", ".1%", share),
            Metric("interval_width", f"width of the interval{of}", "", "Mean width.", "lower"),
            Metric(VALUE, "value per 1000 rows", ",.0f", "What errors cost, negative.", "higher"),
        )

    @property
    def outputs(self) -> tuple[Output, ...]:
        """The ends of the interval say how often the outcome lies beyond them."""
        of = f", in {self.unit}" if self.unit else ""
        beyond = f"{(1 - self.coverage) / 2:.1%}"
        return (
            Output("value", "FP32", f"Expected outcome{of}."),
            Output("lower", "FP32", f"About {beyond} of outcomes are lower."),
            Output("upper", "FP32", f"About {beyond} of outcomes are higher."),
        )

    def wrong_kpi(self, kpi: Kpi) -> str:
        """Any is right."""
        return ""

    def fits(self, labels: Array) -> Array:
        """They are finite numbers of float32."""
        if labels.dtype.kind not in "iuf":
            return np.zeros(len(labels), dtype=bool)
        sizes: Array = np.abs(labels.astype(np.float64))
        return sizes <= LARGEST

    def wrong_labels(self, labels: Array) -> str:
        """Name what is no number of float32."""
        values = np.unique(labels[~self.fits(labels)]).tolist()
        return f"an outcome is a finite number, not {named(values)}" if values else ""

    def numbers(self, labels: Array) -> Array:
        """They are numbers."""
        return labels.astype(np.float64)

    def outcomes(self, labels: Array) -> Array:
        """Return the number of rows, the sum of labels and that of their squares (3,)."""
        labels = labels.astype(np.float64)
        return np.array([len(labels), labels.sum(), np.square(labels).sum()])

    def unjudged(self, outcomes: Array, minimum: int = 1) -> str:
        """Nothing can be learned when all labels are equal; one row has nothing to differ from."""
        rows = int(outcomes[0])
        if rows < minimum:
            return f"there are {rows:,} labelled rows, and at least {minimum:,} are needed"
        mean, squared = outcomes[1:] / max(rows, 1)
        if rows > 1 and squared - mean**2 <= squared * SPREAD_MINIMUM**2:
            value = shown(float(mean))
            return f"the outcome of all {rows:,} labelled rows is {value}: nothing can be learned"
        return ""

    def calibrate(self, labels: Array, raw: Array, kpi: Kpi) -> dict[str, Any]:
        """Return how far the interval reaches `below` and `above` the value, by bin, both >= 0.

        `edges` are the upper ends of all bins but the last, which are about equally full.
        """
        value = raw[:, 0].astype(np.float64)
        bins = min(max(len(value) // BIN_ROWS, 1), BINS_MAXIMUM)
        edges = np.quantile(value, np.arange(1, bins) / bins, method="lower")
        edges = np.unique(edges[edges < value.max()])
        residuals, places = labels - value, np.searchsorted(edges, value)
        ends = [self._ends(residuals[places == place]) for place in range(len(edges) + 1)]
        below, above = (list(side) for side in zip(*ends, strict=True))
        return {"edges": edges.tolist(), "below": below, "above": above}

    def _ends(self, residuals: Array) -> tuple[float, float]:
        """Return the residuals (n,) at ranks (n + 1) a / 2 from either end.

        a is the share that the interval may miss, half of it on each side. Of too few rows it is
        the extremes.
        """
        ordered = np.sort(residuals)
        missed = (len(ordered) + 1) * round(1 - self.coverage, 9) / 2
        rank = max(math.floor(missed), 1) - 1
        return max(0.0, float(-ordered[rank])), max(0.0, float(ordered[-1 - rank]))

    def predictions(self, raw: Array, decision: dict[str, Any]) -> Array:
        """Put the interval of its bin around the value."""
        value = raw[:, 0].astype(np.float64)
        places = np.searchsorted(decision["edges"], value)
        below, above = (np.array(decision[side])[places] for side in ("below", "above"))
        return np.stack([value - below, value, value + above], axis=1).astype(np.float32)

    def columns(self, predictions: Array) -> dict[str, Array]:
        """Return the value; the interval follows from it."""
        return {"predicted value": predictions[:, 1]}

    def answer(self, predictions: Array, decision: dict[str, Any]) -> dict[str, list[Any]]:
        """Return the value and the ends of its interval."""
        lower, value, upper = predictions.T.tolist()
        return {"value": value, "lower": lower, "upper": upper}

    def explained(self, predictions: Array) -> dict[str, Array]:
        """Return the value; the interval follows from it."""
        return {"value": predictions[:, 1]}

    def tally(self, labels: Array, predictions: Array) -> dict[str, Array]:
        """Add up errors, `too_low` and `too_high`, their squares, rows `covered` and widths."""
        labels = labels.astype(np.float64)
        lower, value, upper = predictions.astype(np.float64).T
        error = value - labels
        sums = {
            "too_low": np.maximum(-error, 0).sum(),
            "too_high": np.maximum(error, 0).sum(),
            "squared": np.square(error).sum(),
            "covered": np.sum((lower <= labels) & (labels <= upper), dtype=np.float64),
            "width": (upper - lower).sum(),
        }
        return {
            OUTCOMES: self.outcomes(labels),
            **{name: np.array([value]) for name, value in sums.items()},
        }

    def figures(self, tally: dict[str, Array], kpi: Kpi) -> dict[str, float]:
        """Measure errors, what the interval covers, and what the errors cost."""
        rows = tally[OUTCOMES][0]
        mean = {name: float(part[0] / rows) for name, part in tally.items() if name != OUTCOMES}
        low, high = mean["too_low"], mean["too_high"]
        cost = kpi.cost_per_unit_too_low * low + kpi.cost_per_unit_too_high * high
        return {
            "mae": low + high,
            "rmse": math.sqrt(mean["squared"]),
            "bias": high - low,
            "interval_coverage": mean["covered"],
            "interval_width": mean["width"],
            VALUE: -1000 * cost,
        }

    def disagreement(self, predictions: Array, others: Array) -> float:
        """Return the mean absolute difference of the values."""
        return float(np.abs(predictions[:, 1].astype(np.float64) - others[:, 1]).mean())


TASK = Regression
