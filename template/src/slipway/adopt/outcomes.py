"""The outcome: two values, one of which is the event."""

from decimal import Decimal

import polars as pl

from ..errors import ProjectError
from ..sources.table import known
from .table import Outcome

YES = {"1", "yes", "y", "true", "t", "positive"}
SHOWN = 5


def decide(column: pl.Series) -> Outcome:
    """Find the event among the values of the outcome.

    Raises:
        ProjectError: There is none, or there are not exactly two values.
    """
    name = column.name
    if column.dtype.is_nested() or column.dtype in (pl.Binary, pl.Object):
        raise ProjectError(f"The outcome {name!r} holds {column.dtype}: write it as 1 and 0.")
    rows = column.filter(is_known(column))
    if rows.is_empty():
        raise ProjectError(f"The outcome {name!r} is empty in every row: nothing can be learned.")
    counts = rows.value_counts(sort=True, name="rows_of_value")
    values = counts[name].to_list()
    if len(values) == 1:
        raise ProjectError(
            f"The outcome {name!r} is {values[0]!r} in every row: two outcomes are needed."
        )
    if len(values) > 2:
        shown = ", ".join(repr(value) for value in sorted(values, key=str)[:SHOWN])
        raise ProjectError(
            f"The outcome {name!r} has {len(values):,} values, such as {shown}: make it a column "
            "of yes or no, such as 1 and 0."
        )
    event = _event(values)
    return Outcome(name, event, int((rows == event).sum()) / len(rows), len(rows))


def is_known(column: pl.Series) -> pl.Series:
    """Tell where an outcome is known, as the source will."""
    return pl.select(known(pl.lit(column))).to_series()


def _event(values: list[object]) -> str | bool | int:
    """Return the value that means yes; else the rarer one, which comes last."""
    for value in values:
        if value is True or str(value).strip().lower() in YES or value == 1:
            return _plain(value)
    return _plain(values[-1])


def _plain(value: object) -> str | bool | int:
    if isinstance(value, float | Decimal) and value == value // 1:
        return int(value)
    if isinstance(value, bool | int | str):
        return value
    raise ProjectError(f"An outcome of {value!r} cannot be used: write outcomes as 1 and 0.")
