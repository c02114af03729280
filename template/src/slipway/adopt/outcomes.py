"""The outcome: two values, one of which is the event."""

from decimal import Decimal

import polars as pl

from ..errors import ProjectError
from ..sources.table import known
from .table import Outcome

YES = {"1", "yes", "y", "true", "t", "positive"}
SHOWN = 5


def decide(column: pl.Series, event: str | None = None) -> Outcome:
    """Find the event among the values of the outcome: the one that is named, or a guess.

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
    chosen = _guessed(values) if event is None else _named(event, values, name)
    (other,) = (value for value in values if value != chosen)
    rate = int((rows == chosen).sum()) / len(rows)
    return Outcome(name, _plain(chosen), _plain(other), event is None, rate, len(rows))


def is_known(column: pl.Series) -> pl.Series:
    """Tell where an outcome is known, as the source will."""
    return pl.select(known(pl.lit(column))).to_series()


def _guessed(values: list[object]) -> object:
    """Return the value that means yes; else the rarer one, which comes last."""
    for value in values:
        if value is True or str(value).strip().lower() in YES or value == 1:
            return value
    return values[-1]


def _named(event: str, values: list[object], name: str) -> object:
    """Return the value that is meant; one that is written exactly so wins over another case."""
    texts = {str(_plain(value)): value for value in values}
    for same in (str, str.strip, _lower):
        for text, value in texts.items():
            if same(text) == same(event):
                return value
    listed = " or ".join(repr(text) for text in sorted(texts))
    raise ProjectError(f"The outcome {name!r} is never {event!r}: name {listed} as the event.")


def _lower(text: str) -> str:
    return text.strip().lower()


def _plain(value: object) -> str | bool | int:
    if isinstance(value, float | Decimal) and value == value // 1:
        return int(value)
    if isinstance(value, bool | int | str):
        return value
    raise ProjectError(f"An outcome of {value!r} cannot be used: write outcomes as 1 and 0.")
