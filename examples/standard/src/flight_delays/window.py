"""Which days a training reads and where it splits them, and which days are a month."""

import re
from datetime import date, timedelta
from typing import NamedTuple

from .data.source import LABEL_DELAY
from .errors import ProjectError
from .objectives import objectives


class Window(NamedTuple):
    """The days of one training: [start, split) is trained on, [split, end) is the gate's."""

    start: date
    split: date
    end: date


def window(as_of: date) -> Window:
    """Return the window whose labels are all known when the day `as_of` begins."""
    days = objectives().training
    end = as_of - LABEL_DELAY
    split = end - timedelta(days=days.holdout_days)
    return Window(split - timedelta(days=days.window_days), split, end)


def month_days(month: str) -> tuple[date, date]:
    """Return the first day of a month, and of the next one.

    Raises:
        ProjectError: `month` is no month.
    """
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", month):
        raise ProjectError(f'"{month}" is no month: write it as 2013-04.')
    start = date.fromisoformat(f"{month}-01")
    return start, (start + timedelta(days=31)).replace(day=1)
