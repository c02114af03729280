"""Which values of an outcome are the event."""

import csv
import shlex
from collections.abc import Iterable, Mapping
from decimal import Decimal

import polars as pl

from ...errors import ProjectError
from ...sources.outcomes import Event, Value
from ..report import printable

YES = {"1", "yes", "y", "true", "t", "positive"}
SHOWN = 5
OTHERS_MAXIMUM = 20  # of more, source.py does not name each


def find(rows: pl.Series, event: str | None) -> tuple[Event, dict[Value, int]]:
    """Return the event, which is named or a guess between two values, and all other values.

    These are the most frequent first, each with the number of its rows.

    Raises:
        ProjectError: There is none, it is all of them, or nothing tells which of more than two.
    """
    name = rows.name
    values = rows.value_counts(sort=True, name="rows_of_value")[name].to_list()
    chosen = _guessed(values, name) if event is None else _named(event, values, name)
    others = [value for value in values if value not in chosen]
    if not others:
        raise ProjectError(f"The outcome {name!r} is always {event!r}: leave a value out of EVENT.")
    counts = dict(rows.value_counts(name="rows_of_value").iter_rows())
    return as_event(chosen), {_plain(value): counts[value] for value in others}


def as_event(values: Iterable[object]) -> Event:
    """Return one or several values as source.py has them."""
    first, *more = (_plain(value) for value in values)
    return (first, *more) if more else first


def told(event: tuple[Value, ...], others: Mapping[Value, int]) -> list[str]:
    """Say what counts as no, and which of that is written nearly as the event is."""
    listed = [f"{_quoted(value)} {rows:,}" for value, rows in others.items()]
    more = ", ..." if len(listed) > OTHERS_MAXIMUM else ""
    lines = [f"No is: {', '.join(listed[:OTHERS_MAXIMUM])}{more}."]
    same = {_lower(str(value)) for value in event}
    if near := [value for value in others if _lower(str(value)) in same]:
        names = ",".join(map(str, [*event, *near]))
        lines.append(
            f"{_quoted(near[0])} is not the event, for it is written otherwise: "
            f"EVENT={shlex.quote(names)} (--event) predicts both."
        )
    return lines


def _quoted(value: Value) -> str:
    return printable(repr(value))


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


def _plain(value: object) -> Value:
    if isinstance(value, float | Decimal) and value == value // 1:
        return int(value)
    if isinstance(value, bool | int | str):
        return value
    raise ProjectError(f"An outcome of {value!r} cannot be used: write outcomes as 1 and 0.")
