"""What adopt knows about a table and has decided about its columns."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from ..sources.files import FileFormat
from ..sources.table import Event, Value
from ..sources.times import TimeFormat

Kind = Literal["number", "integer", "yes or no", "category"]


@dataclass(frozen=True)
class Request:
    """What the user says: a table, what its columns mean, and which values of the outcome count.

    `key` and `event` are None where they are left to adopt. `replace` allows it to write over
    modules for data of one's own.
    """

    file: str
    time: str
    outcome: str
    label_delay: timedelta
    key: str | None = None
    event: str | None = None
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


@dataclass(frozen=True)
class Outcome:
    """The column to be predicted, which of its values is the event, and whether that is a guess."""

    name: str
    event: Event
    other: Value
    guessed: bool
    rate: float
    known: int

    @property
    def described(self) -> str:
        """The event in words."""
        values = self.event if isinstance(self.event, tuple) else (self.event,)
        return " or ".join(map(repr, values))


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
    """A table that can be used. `key` is None where one is made of the row's number."""

    path: str
    rows: int
    file_format: FileFormat
    time: Time
    outcome: Outcome
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
