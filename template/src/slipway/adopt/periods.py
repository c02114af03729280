"""Which days are trained on, and which of the newest judge the model."""

import math
from datetime import datetime, time, timedelta
from typing import NamedTuple

import polars as pl

from ..errors import ProjectError
from .table import Days

A_DAY = timedelta(days=1)
HOLDOUT_SHARE = 8  # one in so many days
HOLDOUT_MAXIMUM = 14
WINDOW_MINIMUM, WINDOW_MAXIMUM = 7, 90
MONTH = 30  # more than the delay, at least, so that the demo's first month has outcomes to learn
TWO_MONTHS = 62  # that the demo plays after the first training


class Period(NamedTuple):
    """The days, and what has to be said about them."""

    days: Days
    notes: list[str]


def decide(times: pl.Series, labels: pl.Series, delay: timedelta) -> Period:
    """Choose days in which both outcomes lie, and leave two months to the demo if possible.

    Raises:
        ProjectError: The outcomes of too few days are known when the data ends.
    """
    first, last = times.min(), times.max()
    if not (isinstance(first, datetime) and isinstance(last, datetime)):
        raise ProjectError("No row has both a time and an outcome: nothing can be learned.")
    end = datetime.combine(last, time()) + A_DAY - delay
    span = math.floor((end - datetime.combine(first, time())) / A_DAY)
    holdout = _holdout(times, labels, end, span)
    longest = max(WINDOW_MAXIMUM, math.ceil(delay / A_DAY) + holdout + MONTH)
    least = max(2 * holdout, WINDOW_MINIMUM)
    window = min(span - TWO_MONTHS - holdout, longest)
    notes = []
    if window < least:
        window = min(max(span - holdout, least), longest)
        notes.append("the data is too short for `make demo`, which plays two months")
    start = end - timedelta(days=window + holdout)
    if not _has_both(labels, times.is_between(start, end - timedelta(days=holdout), closed="left")):
        raise _too_short(span)
    return Period(Days(window, holdout), notes)


def _holdout(times: pl.Series, labels: pl.Series, end: datetime, span: int) -> int:
    """Return an eighth of the days, or more where one outcome is rare."""
    for days in range(min(max(span // HOLDOUT_SHARE, 1), HOLDOUT_MAXIMUM), span // 2 + 1):
        if _has_both(labels, times.is_between(end - timedelta(days=days), end, closed="left")):
            return days
    raise _too_short(span)


def _has_both(labels: pl.Series, rows: pl.Series) -> bool:
    return labels.filter(rows).n_unique() == 2


def _too_short(span: int) -> ProjectError:
    return ProjectError(
        f"The outcomes of {max(span, 0):,} days are known when the data ends, which are too few to "
        "learn from and to judge by: both outcomes must be in older and in newer rows."
    )
