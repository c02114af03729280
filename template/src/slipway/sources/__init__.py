"""Where the data comes from: the contract of a project's module `source`, and ready-made sources.

A module keeps the contract by four names. Either they are its own, or those of a table of
`sources.files` or `sources.sql`:

    _table = files("data/rows.csv", Columns(schema=Features, time="ordered", ...))
    available = _table.available
    read_features = _table.read_features
    read_labels = _table.read_labels
"""

from datetime import date, timedelta
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import polars as pl


class Source(Protocol):
    """Rows with a key and a time, and their outcomes, which are known some days later."""

    LABEL_DELAY: timedelta  # after which every outcome is known

    def available(self) -> tuple[date, date]:
        """Return the first day of the data and the day after its last."""
        ...

    def read_features(self, start: date, end: date) -> "pl.DataFrame":
        """Return the rows whose time is in [start, end), with the columns of the schema.

        They are as known at their time, oldest first.
        """
        ...

    def read_labels(self, start: date, end: date, as_of: date) -> "pl.DataFrame":
        """Return key and `label` of [start, end), as known when the day `as_of` begins.

        A third column, `schema.UNREAD`, may say what an outcome is that is known and no label; such
        rows, their label null, are counted and go into quarantine.

        Of rows with the same key the last one counts, so that a correction replaces.

        Never an outcome that was not known on that day: the gate is as honest as this is.
        """
        ...
