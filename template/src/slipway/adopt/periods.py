"""Which days are trained on, and which of the newest judge the model."""

import math
from datetime import datetime, time, timedelta
from typing import NamedTuple

import polars as pl

from .. import tasks
from ..errors import ProjectError
from ..training.fitting import CALIBRATION_MINIMUM, CALIBRATION_SHARE
from ..training.rows import JUDGE_MINIMUM, TRAIN_MINIMUM
from .table import Days, Outcome

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


class Known(NamedTuple):
    """Times and outcomes of the rows, up to the day whose outcomes are all known."""

    task: tasks.Task
    times: pl.Series
    labels: pl.Series
    end: datetime

    def lacks(self, minimum: int, first: int, last: int = 0) -> str:
        """Say what the outcomes from `first` to `last` days before the end are too few for."""
        start, end = (self.end - timedelta(days=days) for days in (first, last))
        rows = self.labels.filter(self.times.is_between(start, end, closed="left"))
        return self.task.unjudged(self.task.outcomes(rows.to_numpy()), minimum)

    def lacks_training(self, minimum: int, window: int, holdout: int) -> str:
        """Say what the `window` days before the holdout lack, their newest part included."""
        lacking = self.lacks(minimum, window + holdout, holdout)
        if lacking or not self.task.calibrated:
            return lacking
        newest = max(1, round(CALIBRATION_SHARE * window))
        return self.lacks(min(minimum, CALIBRATION_MINIMUM), newest + holdout, holdout)


def decide(outcome: Outcome, times: pl.Series, labels: pl.Series, delay: timedelta) -> Period:
    """Choose days whose outcomes say enough, and leave two months to the demo if possible.

    Raises:
        ProjectError: The outcomes of too few days are known when the data ends.
    """
    first, last = times.min(), times.max()
    if not (isinstance(first, datetime) and isinstance(last, datetime)):
        raise ProjectError("No row has both a time and an outcome: nothing can be learned.")
    known_until = datetime.combine(last, time()) + A_DAY - delay
    end = datetime.combine(known_until, time())  # of a day that is known in part nothing is taken
    span = math.floor((end - datetime.combine(first, time())) / A_DAY)
    known = Known(tasks.find(outcome.task), times, labels, end)
    holdout = _holdout(known, span)
    longest = max(WINDOW_MAXIMUM, math.ceil(delay / A_DAY) + holdout + MONTH)
    window = _window(known, span, holdout, longest)
    notes = []
    if window > span - TWO_MONTHS - holdout:
        notes.append("the data is too short for `make demo`, which plays two months")
    if reason := known.lacks_training(TRAIN_MINIMUM, window, holdout):
        notes.append(f"there are too few rows to train: {reason}")
    if reason := known.lacks(JUDGE_MINIMUM, holdout):
        notes.append(f"there are too few rows to judge by: {reason}")
    return Period(Days(window, holdout), notes)


def _holdout(known: Known, span: int) -> int:
    """Return an eighth of the days, or more where an outcome is rare."""
    shortest = min(max(span // HOLDOUT_SHARE, 1), HOLDOUT_MAXIMUM)
    for minimum in (JUDGE_MINIMUM, 1):
        for days in range(shortest, span // 2 + 1):
            if not known.lacks(minimum, days):
                return days
    raise _too_short(span)


def _window(known: Known, span: int, holdout: int, longest: int) -> int:
    """Return few days that leave room for the demo; more where an outcome is rare."""
    least = max(2 * holdout, WINDOW_MINIMUM)
    playable, whole = span - TWO_MONTHS - holdout, max(span - holdout, least)
    candidates = (min(playable, longest), playable, min(whole, longest), whole)
    for minimum in (TRAIN_MINIMUM, 1):
        for days in candidates:
            if days >= least and not known.lacks_training(minimum, days, holdout):
                return days
    raise _too_short(span)


def _too_short(span: int) -> ProjectError:
    return ProjectError(
        f"The outcomes of {max(span, 0):,} days are known when the data ends, which are too few to "
        "learn from and to judge by: each outcome must be in older and in newer rows."
    )
