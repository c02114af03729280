"""Which values of an outcome are the event."""

import csv
from collections.abc import Iterable
from decimal import Decimal

import polars as pl

from ...errors import ProjectError
from ...sources.outcomes import Event, Value

YES = {"1", "yes", "y", "true", "t", "positive"}
SHOWN = 5


def find(rows: pl.Series, event: str | None) -> tuple[Event, Value]:
    """Return the event, which is named or a guess between two values, and a value that is another.

    Raises:
        ProjectError: There is none, it is all of them, or nothing tells which of more than two.
    """
    name = rows.name
    values = rows.value_counts(sort=True, name="rows_of_value")[name].to_list()
    chosen = _guessed(values, name) if event is None else _named(event, values, name)
    others = [value for value in values if value not in chosen]
    if not others:
        raise ProjectError(f"The outcome {name!r} is always {event!r}: leave a value out of EVENT.")
    first, *more = (_plain(value) for value in chosen)
    return (first, *more) if more else first, _plain(others[0])


def _guessed(values: list[object], name: str) -> list[object]:
    """Return the one of two values that means yes; else the rarer one, which comes last."""
    if len(values) > 2:
        raise ProjectError(
            f"The outcome {name!r} has {len(values):,} values, such as {_listed(values, ', ')}: "
            "name those to be predicted, as EVENT=a,b, or make it a column of 1 and 0."
        )
    for value in values:
        if value is True or str(value).strip().lower() in YES or value == 1:
            return [value]
    return values[-1:]


def _named(event: str, values: list[object], name: str) -> list[object]:
    """Return the values that are meant: one as a whole, or several as the cells of a CSV line."""
    texts = {str(_plain(value)): value for value in values}
    if whole := _alike(event, texts):
        return whole
    cells = next(csv.reader([event], skipinitialspace=True), None) or [event]
    chosen = {cell: _alike(cell, texts) for cell in cells}
    for cell, found in chosen.items():
        if not found:
            listed = _listed(texts, " or ")
            raise ProjectError(f"The outcome {name!r} is never {cell!r}: name {listed} as EVENT.")
    return list(dict.fromkeys(value for found in chosen.values() for value in found))


def _alike(event: str, texts: dict[str, object]) -> list[object]:
    """Return the value that is meant; one that is written exactly so wins over another case."""
    for same in (str, str.strip, _lower):
        for text, value in texts.items():
            if same(text) == same(event):
                return [value]
    return []


def _listed(values: Iterable[object], between: str) -> str:
    shown = sorted(values, key=str)
    return between.join([*map(repr, shown[:SHOWN]), *(["..."] if len(shown) > SHOWN else [])])


def _lower(text: str) -> str:
    return text.strip().lower()


def _plain(value: object) -> str | bool | int:
    if isinstance(value, float | Decimal) and value == value // 1:
        return int(value)
    if isinstance(value, bool | int | str):
        return value
    raise ProjectError(f"An outcome of {value!r} cannot be used: write outcomes as 1 and 0.")
