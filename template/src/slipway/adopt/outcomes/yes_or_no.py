"""An outcome of yes or no: some of its values are the event."""

import shlex
from dataclasses import dataclass
from typing import Any

import polars as pl

from ...sources.outcomes import Event, Value, to_label, values_of
from ..literals import indented, literal
from ..report import printable
from ..table import Targets
from . import events

KPI = """\
kpi: # the riskiest share of the rows is acted on; the rest is left alone
  name: net value of acting
  unit: points
  saved_per_caught_event: 10 # what it is worth to know in time
  cost_per_action: 1 # of each row that is acted on, rightly or not
  capacity: 0.1 # share of rows that can be acted on
"""
GATE = """\
  metric: auc
  margin: 0.005
  minimum: {auc: 0.55}
  maximum: {calibration_error: 0.2}
"""


@dataclass(frozen=True)
class YesOrNo:
    """Which of its values is the event, whether that is a guess, and the rows of each other one."""

    name: str
    event: Event
    others: dict[Value, int]
    guessed: bool

    @property
    def task(self) -> dict[str, Any]:
        """The task has no settings."""
        return {"name": "binary"}

    @property
    def described(self) -> str:
        """The event in words."""
        return " or ".join(map(repr, values_of(self.event)))

    @property
    def named_others(self) -> Event | None:
        """The values that mean no, where they are few."""
        few = len(self.others) <= events.OTHERS_MAXIMUM
        return events.as_event(self.others) if few else None

    @property
    def goal(self) -> str:
        """What is predicted, in a sentence."""
        return f"Predicts whether {self.name!r} will be {self.described}."

    @property
    def schemas(self) -> list[str]:
        """What source.py takes from schema.py."""
        return ["Features"]

    @property
    def arguments(self) -> list[str]:
        """What source.py says about the outcome."""
        others = self.named_others
        named = [] if others is None else _argument("others", others)
        return [*_argument("event", self.event), *named]

    @property
    def rates(self) -> list[str]:
        """The mean label becomes a feature."""
        return []

    def labels(self, outcomes: pl.Series) -> pl.Series:
        """Return 1 where it is the event, 0 where it is not, null where it is not known."""
        label = to_label(pl.lit(outcomes), self.event, self.named_others)
        return pl.select(label).to_series()

    def label(self) -> tuple[str, dict[str, str]]:
        """Return type and details of the label in schema.py."""
        text = f"1 where {self.name!r} is {self.described}."
        return "Int8", {"min": "0", "max": "1", "description": literal(text)}

    def questions(self, labels: pl.Series) -> list[pl.Series]:
        """Return the outcome, which is a question by itself."""
        return [labels]

    def told(self, labels: pl.Series) -> list[str]:
        """Say how often the event happens, and how to have the other one."""
        rate = f"{labels.sum() / len(labels):.1%} of {len(labels):,} rows whose outcome is known"
        lines = [f"{printable(self.name)} is {self.described} in {rate}."]
        lines += events.told(values_of(self.event), self.others)
        if self.guessed:
            other = printable(shlex.quote(str(next(iter(self.others)))))
            hint = f"EVENT={other} (--event) predicts the other one"
            lines.append(f"The event {self.described} is a guess: {hint}.")
        return lines

    def targets(self, labels: pl.Series) -> Targets:
        """Ask for a little more than chance."""
        return Targets(
            task="binary # yes or no",
            quality="auc",
            kpi=KPI,
            gate=GATE,
            group_loss="0.05",
            quality_loss="0.002",
            disagreement="0.02 # mean absolute difference of probabilities",
            quality_objective="0.6",
        )


def _argument(name: str, event: Event) -> list[str]:
    """Return an argument of Columns, in lines."""
    if not isinstance(event, tuple):
        return [f"{name}={literal(event)},"]
    return [f"{name}=(", *indented([f"{literal(value)}," for value in event]), "),"]


def decide(rows: pl.Series, event: str | None) -> YesOrNo:
    """Find the event among the known outcomes.

    Raises:
        ProjectError: There is none, it is all of them, or nothing tells which of more than two.
    """
    return YesOrNo(rows.name, *events.find(rows, event), guessed=event is None)
