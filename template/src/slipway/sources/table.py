"""A table with a key, a time and an outcome as a source, wherever its rows are kept."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Protocol

import polars as pl

from ..errors import ProjectError
from ..schema import LABEL, UNREAD
from . import outcomes
from .outcomes import Event, yes_or_no

if TYPE_CHECKING:
    import dataframely as dy

ROW = "slipway_row"  # the number of a row in its file, from which a key is made


@dataclass(frozen=True, kw_only=True)
class Columns:
    """What the columns of a table mean.

    `schema` is the class Features: its columns are read and cast. `names` has the name in the table
    of each column that has another one there. `key` None makes one of the row's number.

    The outcome counts as 1 where it is `event` (one of them, where it is several), as 0 where it is
    one of `others`, or anything else where these are not said; True is the same as 1, true and yes.
    Without an event it is itself the label, a number or a text as `labels`, the class Labels, says.
    It is not known where it is empty. What cannot be read, is infinite or larger than a label can
    be goes into quarantine.
    """

    schema: "type[dy.Schema]"
    time: str
    outcome: str
    event: Event | None = None
    others: Event | None = None
    labels: "type[dy.Schema] | None" = None
    label_delay: timedelta
    key: str | None = None
    names: Mapping[str, str] = field(default_factory=dict)

    def name_in_table(self, column: str) -> str:
        """Return what a column of the schema is called in the table."""
        return self.names.get(column, column)

    def label(self) -> pl.Expr:
        """Return the outcome as the label of a row, null where it is not known.

        Raises:
            ProjectError: Neither an event nor the class Labels says what the outcome means.
        """
        outcome = pl.col(self.outcome)
        if self.event is not None:
            return outcomes.to_label(outcome, self.event, self.others)
        if self.has_number:
            return outcomes.to_number(outcome, self.label_type)
        return outcomes.to_class(outcome)

    def unread(self) -> pl.Expr:
        """Return what the outcome says where it says something and is no label, else null.

        Of classes all texts can be read; the task tells which of them it knows.
        """
        outcome = pl.col(self.outcome)
        if self.event is not None:
            return outcomes.unread_event(outcome, self.event, self.others)
        if self.has_number:
            return outcomes.unread_number(outcome, self.label_type)
        return outcomes.unread_class(outcome)

    @property
    def has_number(self) -> bool:
        """Whether the outcome itself is the label, and a number."""
        return self.event is None and self.label_type.is_numeric()

    @property
    def label_type(self) -> pl.DataType:
        """The type of a label.

        Raises:
            ProjectError: See `label`.
        """
        if self.labels is None:
            raise ProjectError(
                f"Nothing says what the outcome {self.outcome!r} means: write event=... or "
                "labels=Labels in source.py."
            )
        return self.labels.columns()[LABEL].dtype

    @property
    def key_column(self) -> str:
        """The column of the schema that tells rows apart."""
        (name,) = self.schema.primary_key()
        return name


class Reader(Protocol):
    """Reads rows of a table by the time of one column, which it returns as a local Datetime."""

    def bounds(self) -> tuple[datetime | None, datetime | None]:
        """Return the first and the last time; None for a table without rows."""
        ...

    def between(self, start: datetime, end: datetime) -> pl.LazyFrame:
        """Return the rows of [start, end) under the names of the table."""
        ...

    def collect(self, rows: pl.LazyFrame) -> pl.DataFrame:
        """Read what is asked of the rows; what goes wrong is a sentence."""
        ...


@dataclass(frozen=True)
class Table:
    """A source, see `sources.Source`."""

    reader: Reader
    columns: Columns

    @property
    def label_delay(self) -> timedelta:
        """After which every outcome is known."""
        return self.columns.label_delay

    def available(self) -> tuple[date, date]:
        """Return the first day of the data and the day after its last.

        Raises:
            ProjectError: The table cannot be read, or has no row with a time.
        """
        first, last = self.reader.bounds()
        if first is None or last is None:
            raise ProjectError(f"No row has a time in the column {self.columns.time!r}.")
        return first.date(), last.date() + timedelta(days=1)

    def read_features(self, start: date, end: date) -> pl.DataFrame:
        """Return the rows whose time is in [start, end), oldest first."""
        rows = self.reader.between(_midnight(start), _midnight(end))
        time_column = _schema_name(self.columns, self.columns.time)
        features = rows.select(self._features()).sort(time_column, self.columns.key_column)
        return self.reader.collect(features)

    def read_labels(self, start: date, end: date, as_of: date) -> pl.DataFrame:
        """Return the outcomes of [start, end) that are known when the day `as_of` begins.

        Where some cannot be read, the column UNREAD says what they are, and the label is null.
        """
        columns = self.columns
        end_known = min(_midnight(end), _midnight(as_of) - columns.label_delay)
        said = columns.label().alias(LABEL), columns.unread().alias(UNREAD)
        rows = self.reader.between(_midnight(start), end_known).select(self._key(), *said)
        known = pl.any_horizontal(pl.col(LABEL, UNREAD).is_not_null())
        read = self.reader.collect(rows.filter(known))
        return read if read[UNREAD].count() else read.drop(UNREAD)

    def _features(self) -> list[pl.Expr]:
        columns = self.columns
        return [
            self._key() if name == columns.key_column else cast(columns, name, column.dtype)
            for name, column in columns.schema.columns().items()
        ]

    def _key(self) -> pl.Expr:
        columns = self.columns
        if columns.key is None:
            return pl.format("row-{}", ROW).alias(columns.key_column)
        return pl.col(columns.key).cast(pl.String).alias(columns.key_column)


def cast(columns: Columns, name: str, dtype: Any) -> pl.Expr:
    """Return a column of the table as the schema wants it; what cannot be read is null."""
    value = pl.col(columns.name_in_table(name))
    if isinstance(dtype, pl.Datetime):
        return value.dt.truncate("1m").cast(dtype).alias(name)
    if dtype == pl.String:
        text = value.cast(pl.String, strict=False)
        return pl.when(text != "").then(text).alias(name)
    if dtype == pl.Boolean:
        number = yes_or_no(value)
        return pl.when(number.is_in([0.0, 1.0])).then(number == 1).alias(name)
    value = value.cast(dtype, strict=False)
    if dtype.is_float():
        value = pl.when(value.is_finite()).then(value)
    return value.alias(name)


def _schema_name(columns: Columns, name_in_table: str) -> str:
    for name in columns.schema.columns():
        if columns.name_in_table(name) == name_in_table:
            return name
    raise ProjectError(f"The time {name_in_table!r} is no column of Features in schema.py.")


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time())
