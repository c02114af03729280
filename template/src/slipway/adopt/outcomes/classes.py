"""An outcome that is one of several classes."""

from dataclasses import dataclass
from typing import Any

import polars as pl

from ...errors import ProjectError
from ...sources.outcomes import to_class
from .. import texts
from ..literals import literal, quoted
from ..report import printable
from ..table import Targets

MAXIMUM = 20  # that adopt takes for classes
LENGTH_MAXIMUM = 60  # letters of a name
SHOWN = 5
TASK = """\
# one of several classes, in the order in which their probabilities are answered
  name: multiclass
  classes: [{classes}]"""
KPI = """\
kpi: # the class whose choice costs least is answered
  name: net value of the answers
  unit: points
  costs: # by what is answered: what it costs where something else is right
{costs}
"""
GATE = """\
  metric: auc
  margin: 0.005
  minimum: {auc: 0.55}
  maximum: {calibration_error: 0.2}
"""


@dataclass(frozen=True)
class Classes:
    """The names of the classes, the most frequent first, and whether they are numbers."""

    name: str
    classes: tuple[str, ...]
    are_numbers: bool

    @property
    def task(self) -> dict[str, Any]:
        """The task with its classes."""
        return {"name": "multiclass", "classes": list(self.classes)}

    @property
    def goal(self) -> str:
        """What is predicted, in a sentence."""
        return f"Predicts what {self.name!r} will be."

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
        """All but the most frequent class."""
        return list(self.classes[1:])

    def labels(self, outcomes: pl.Series) -> pl.Series:
        """Return the classes as texts, null where the outcome is not known."""
        return pl.select(to_class(pl.lit(outcomes))).to_series()

    def label(self) -> tuple[str, dict[str, str]]:
        """Return type and details of the label in schema.py."""
        return "String", {"description": literal(f"What {self.name!r} is.")}

    def questions(self, labels: pl.Series) -> list[pl.Series]:
        """Return for each class whether it is that."""
        return [(labels == name).cast(pl.Int8) for name in self.classes]

    def told(self, labels: pl.Series) -> list[str]:
        """Say how frequent each class is, and what else could be predicted."""
        counts = dict(labels.value_counts(name="rows").iter_rows())
        shares = ", ".join(
            f"{name!r} in {counts.get(name, 0) / len(labels):.1%}" for name in self.classes
        )
        number = "TASK=regression (--task) predicts the number, " if self.are_numbers else ""
        return [
            f"{printable(self.name)} is {shares} of {len(labels):,} rows whose outcome is known.",
            f"The class is predicted: {number}EVENT=value,value (--event) yes or no instead.",
        ]

    def targets(self, labels: pl.Series) -> Targets:
        """Ask for a little more than chance; each mistake costs the same."""
        names = [quoted(name) for name in self.classes]
        costs = [
            f"    {told}: {{{', '.join(f'{name}: 1' for name in names if name != told)}}}"
            for told in names
        ]
        return Targets(
            task=TASK.format(classes=", ".join(names)),
            quality="auc",
            kpi=KPI.format(costs="\n".join(costs)),
            gate=GATE,
            group_loss="0.05",
            quality_loss="0.002",
            disagreement="0.02 # mean share of probability that lies elsewhere",
            quality_objective="0.6",
        )


def decide(rows: pl.Series, _: str | None) -> Classes:
    """Look whether the known outcomes are few, and each of them more than one row.

    Raises:
        ProjectError: They are not; the sentence says what to do.
    """
    name, values = rows.name, pl.select(to_class(pl.lit(rows))).to_series().alias("class")
    counts = values.value_counts(name="rows").sort("rows", "class", descending=[True, False])
    classes = counts["class"].to_list()
    if len(classes) > MAXIMUM:
        raise ProjectError(_too_many(name, values, classes))
    if long := [text for text in classes if len(text) > LENGTH_MAXIMUM]:
        raise ProjectError(
            f"The outcome {name!r} has classes of more than {LENGTH_MAXIMUM} letters, such as "
            f"{long[0]!r}: give them short names."
        )
    if alone := counts.filter(pl.col("rows") == 1)["class"].to_list():
        raise ProjectError(
            f"The class {alone[0]!r} of the outcome {name!r} has one row, which cannot be learned "
            "from and judge as well: put it into another class, leave its outcome empty, or name "
            "what is to be predicted as EVENT=a,b."
        )
    return Classes(name, tuple(classes), rows.dtype.is_numeric())


def _too_many(name: str, values: pl.Series, classes: list[str]) -> str:
    if reason := texts.why_numbers(values, decimal_comma=False):
        return f"The outcome {name!r} holds {reason}."
    shown = ", ".join(map(repr, classes[:SHOWN]))
    return (
        f"The outcome {name!r} has {len(classes):,} values, such as {shown}, and {MAXIMUM} at most "
        "are taken for classes: name those to be predicted as EVENT=a,b, or put rare ones together."
    )
