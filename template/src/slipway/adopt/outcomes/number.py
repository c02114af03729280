"""An outcome that is a number."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from ...errors import ProjectError
from ...sources.outcomes import to_number
from .. import texts
from ..literals import literal
from ..report import printable
from ..table import Targets

TYPE = pl.Float32()
DIGITS = 3  # of a limit
TASK = """\
# a number
  name: regression
  coverage: 0.8 # share of outcomes that the interval is meant to hold"""
KPI = """\
kpi: # what it costs to be off by one
  name: net value of the predictions
  unit: points
  cost_per_unit_too_low: 1
  cost_per_unit_too_high: 1
"""
GATE = """\
  metric: mae
  margin: {margin}
  minimum: {{interval_coverage: 0.65}}
  maximum: {{mae: {off}}} # of always predicting the mean
"""


@dataclass(frozen=True)
class Number:
    """A number is predicted; `too_large` for it are so many outcomes, which go into quarantine."""

    name: str
    too_large: int

    @property
    def task(self) -> dict[str, Any]:
        """The task by itself."""
        return {"name": "regression"}

    @property
    def goal(self) -> str:
        """What is predicted, in a sentence."""
        return f"Predicts the number {self.name!r}."

    @property
    def schemas(self) -> list[str]:
        """What source.py takes from schema.py."""
        return ["Features", "Labels"]

    @property
    def arguments(self) -> list[str]:
        """What source.py says about the outcome."""
        return ["labels=Labels,"]

    @property
    def rates(self) -> list[str]:
        """The mean label becomes a feature."""
        return []

    def labels(self, outcomes: pl.Series) -> pl.Series:
        """Return the numbers, null where the outcome is not known or infinite."""
        return pl.select(to_number(pl.lit(outcomes), TYPE)).to_series()

    def label(self) -> tuple[str, dict[str, str]]:
        """Return type and details of the label in schema.py."""
        return "Float32", {"description": literal(f"The number {self.name!r}.")}

    def questions(self, labels: pl.Series) -> list[pl.Series]:
        """Return whether it is more than usual, as 1 and 0."""
        return [(labels > labels.median()).cast(pl.Int8)]

    def told(self, labels: pl.Series) -> list[str]:
        """Say what the number is like, and how to have yes or no."""
        known = f"{len(labels):,} rows whose outcome is known"
        numbers = labels.to_numpy()
        shape = f"from {numbers.min():g} to {numbers.max():g}, {numbers.mean():g} on average"
        lines = [
            f"{printable(self.name)} is a number {shape} in {known}.",
            "The number is predicted: EVENT=value,value (--event) predicts yes or no instead.",
        ]
        if self.too_large:
            told = "1 outcome is too large and goes"
            if self.too_large != 1:
                told = f"{self.too_large:,} outcomes are too large and go"
            lines.append(f"{told} into quarantine.")
        return lines

    def targets(self, labels: pl.Series) -> Targets:
        """Ask for less error than predicting the mean has."""
        numbers = labels.to_numpy().astype(np.float64)
        off = float(np.abs(numbers - numbers.mean()).mean())
        share = {part: f"{off * part:.{DIGITS}g}" for part in (0.002, 0.005, 0.02, 0.05, 1)}
        return Targets(
            task=TASK,
            quality="mae",
            kpi=KPI,
            gate=GATE.format(margin=share[0.005], off=share[1]),
            group_loss=share[0.05],
            quality_loss=share[0.002],
            disagreement=f"{share[0.02]} # mean absolute difference",
            quality_objective=share[1],
        )


def are_whole(rows: pl.Series) -> bool:
    """Tell whether numbers are whole, as far as they are numbers."""
    numbers = rows.cast(pl.Float64)
    finite = numbers.filter(numbers.is_finite())
    return bool((finite.floor() == finite).all())


def decide(rows: pl.Series, _: str | None) -> Number:
    """Look whether the known outcomes are numbers.

    Raises:
        ProjectError: They are texts or times, or there is one number only.
    """
    name = rows.name
    if not rows.dtype.is_numeric():
        words = rows.cast(pl.String)
        reason = texts.why_numbers(words, decimal_comma=False) or f"texts, such as {words[0]!r}"
        raise ProjectError(f"The outcome {name!r} is no number: {reason}.")
    if texts.are_times(rows):
        raise ProjectError(f"The outcome {name!r} holds times: write it as a number of days.")
    numbers = pl.select(to_number(pl.lit(rows), TYPE)).to_series().drop_nulls()
    if numbers.n_unique() < 2:
        raise ProjectError(
            f"The outcome {name!r} has one finite number only: two outcomes are needed."
        )
    return Number(name, too_large=len(rows) - len(numbers))
