"""What adopt knows about a table and has decided about its columns."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple, Protocol

import polars as pl

from ..sources.files import FileFormat
from ..sources.times import TimeFormat

Kind = Literal["number", "integer", "yes or no", "category"]


@dataclass(frozen=True)
class Request:
    """What the user says: a table, what its columns mean, and what to predict of the outcome.

    `key`, `event` and `task` are None where they are left to adopt. `replace` allows it to write
    over modules for data of one's own.
    """

    file: str
    time: str
    outcome: str
    label_delay: timedelta
    key: str | None = None
    event: str | None = None
    task: str | None = None
    replace: bool = False


@dataclass(frozen=True)
class Column:
    """One column: `name` in the schema, `original` in the table; `reason` why it is left out.

    A number has limits with slack around what was seen, a category the number of its values.
    """

    name: str
    original: str
    kind: Kind | None
    missing: float
    minimum: float | None = None
    maximum: float | None = None
    values: int = 0
    reason: str = ""


class Targets(NamedTuple):
    """What objectives.yaml says about an outcome, as YAML; `kpi` and `gate` are several lines."""

    task: str
    quality: str
    kpi: str
    gate: str
    group_loss: str
    quality_loss: str
    disagreement: str
    quality_objective: str


class Outcome(Protocol):
    """The column to be predicted, and what follows from its kind, which is that of a task.

    Where it takes labels, they are those that are known.
    """

    @property
    def name(self) -> str:
        """The column in the table."""
        ...

    @property
    def task(self) -> dict[str, Any]:
        """The task by its name and its settings, as objectives.yaml has them."""
        ...

    @property
    def goal(self) -> str:
        """What is predicted, in a sentence."""
        ...

    @property
    def schemas(self) -> list[str]:
        """The classes that source.py takes from schema.py."""
        ...

    @property
    def arguments(self) -> list[str]:
        """What source.py says about the outcome, in lines."""
        ...

    @property
    def rates(self) -> list[str]:
        """Classes whose shares become features; none where the mean label becomes one."""
        ...

    def labels(self, outcomes: pl.Series) -> pl.Series:
        """Return the label of each row as the source will read it, null where it is not known."""
        ...

    def label(self) -> tuple[str, dict[str, str]]:
        """Return type and details of the label in schema.py."""
        ...

    def questions(self, labels: pl.Series) -> list[pl.Series]:
        """Return what could give the outcome away, as 1 and 0 a row."""
        ...

    def told(self, labels: pl.Series) -> list[str]:
        """Return what was decided and how to have it otherwise, in sentences."""
        ...

    def targets(self, labels: pl.Series) -> Targets:
        """Return what a first model should reach, by what predicting without one costs."""
        ...


@dataclass(frozen=True)
class Time:
    """The column that says when a prediction is wanted, with the first and last of its times."""

    name: str
    original: str
    written: TimeFormat
    first: datetime
    last: datetime
    unreadable: int


@dataclass(frozen=True)
class Days:
    """How many days are trained on, and how many of the newest judge the model."""

    window: int
    holdout: int


@dataclass(frozen=True)
class Adopted:
    """A table that can be used; `key` is None where one is made of the row's number.

    `labels` are those that are known.
    """

    path: str
    rows: int
    file_format: FileFormat
    time: Time
    outcome: Outcome
    labels: pl.Series
    key: str | None
    key_name: str
    label_delay: timedelta
    days: Days
    columns: list[Column]
    notes: list[str]

    @property
    def kept(self) -> list[Column]:
        """The columns that models are told."""
        return [column for column in self.columns if column.kind]

    @property
    def categories(self) -> list[Column]:
        """The kept columns that hold texts."""
        return [column for column in self.kept if column.kind == "category"]

    @property
    def numbers(self) -> list[Column]:
        """The kept columns that hold anything else."""
        return [column for column in self.kept if column.kind != "category"]
