"""The outcome: yes or no, one of several classes, or a number."""

from collections.abc import Callable

import polars as pl

from ...errors import ProjectError
from ...sources.outcomes import infinite, known
from ..table import Outcome, Request
from . import classes, number, yes_or_no

KINDS: dict[str, Callable[[pl.Series, str | None], Outcome]] = {
    "binary": yes_or_no.decide,
    "multiclass": classes.decide,
    "regression": number.decide,
}


def decide(column: pl.Series, request: Request) -> Outcome:
    """Find out what the outcome is, unless the user says so.

    Raises:
        ProjectError: It cannot be predicted; the sentence says why, or asks what is meant.
    """
    rows = _known(column)
    task = _asked(request) or _suggested(rows)
    return KINDS[task](rows, request.event)


def notes(column: pl.Series) -> list[str]:
    """Say how many outcomes are infinite numbers."""
    rows = int(pl.select(infinite(pl.lit(column))).to_series().sum())
    told = "1 outcome is infinite and goes"
    if rows != 1:
        told = f"{rows:,} outcomes are infinite and go"
    return [f"{told} into quarantine"] if rows else []


def _known(column: pl.Series) -> pl.Series:
    """Return the outcomes that are known, as the source will: texts without spaces around them."""
    name, dtype = column.name, column.dtype
    if dtype.is_temporal():
        raise ProjectError(f"The outcome {name!r} holds times: write it as a number of days.")
    if dtype.is_nested() or dtype in (pl.Binary, pl.Object):
        raise ProjectError(f"The outcome {name!r} holds {dtype}: write it as 1 and 0.")
    if dtype in (pl.String, pl.Categorical, pl.Enum):
        column = column.cast(pl.String).str.strip_chars()
    rows = column.filter(pl.select(known(pl.lit(column))).to_series())
    if rows.is_empty():
        raise ProjectError(f"The outcome {name!r} is empty in every row: nothing can be learned.")
    if rows.n_unique() == 1:
        where = "every row" if len(rows) == len(column) else "every row whose outcome is known"
        raise ProjectError(
            f"The outcome {name!r} is {rows[0]!r} in {where}: two outcomes are needed."
        )
    return rows


def _asked(request: Request) -> str:
    """Return the task that the user names, or that an event means; nothing when neither is said."""
    task, event = request.task, request.event
    if task and task not in KINDS:
        raise ProjectError(f"There is no task {task!r}: write TASK={' or TASK='.join(KINDS)}.")
    if event is not None and task not in (None, "binary"):
        raise ProjectError(
            f"EVENT predicts yes or no, which is no {task}: leave out EVENT or TASK."
        )
    return "binary" if event is not None else task or ""


def _suggested(rows: pl.Series) -> str:
    if rows.n_unique() == 2:
        return "binary"
    if not rows.dtype.is_numeric():
        return "multiclass"
    few = rows.n_unique() <= classes.MAXIMUM and number.are_whole(rows)
    return "multiclass" if few else "regression"
