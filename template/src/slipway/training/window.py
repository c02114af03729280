"""Which days a training reads, and where it splits them."""

from datetime import date, timedelta
from typing import NamedTuple

from .. import project
from ..objectives import objectives


class Window(NamedTuple):
    """The days of one training: [start, split) is trained on, [split, end) is the gate's."""

    start: date
    split: date
    end: date


def window(as_of: date) -> Window:
    """Return the window whose labels are all known when the day `as_of` begins."""
    days = objectives().training
    end = as_of - project.source().LABEL_DELAY
    split = end - timedelta(days=days.holdout_days)
    return Window(split - timedelta(days=days.window_days), split, end)
