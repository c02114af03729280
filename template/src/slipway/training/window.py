"""Which days a training reads, and where it splits them."""

from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from .. import project
from ..errors import ProjectError
from ..objectives import objectives


class Window(NamedTuple):
    """The days of one training: [start, split) is trained on, [split, end) is the gate's."""

    start: date
    split: date
    end: date


def window(as_of: date) -> Window:
    """Return the window whose labels are all known when the day `as_of` begins.

    Raises:
        ProjectError: It would begin before the calendar does.
    """
    days = objectives().training
    try:
        known = datetime.combine(as_of, time()) - project.source().LABEL_DELAY
        end = known.date()  # of a day that is known in part nothing is taken
        split = end - timedelta(days=days.holdout_days)
        return Window(split - timedelta(days=days.window_days), split, end)
    except OverflowError:
        raise ProjectError(
            f"No data can be that old: choose another --as-of than {as_of}."
        ) from None
