"""How good the captured predictions were, as far as their outcomes are known."""

import msgspec

from .. import confidence
from ..contract.interval import Interval
from ..evaluate import name_of_nulls
from ..objectives import Objectives
from ..tasks import OUTCOMES
from .month import Month
from .summary import Counts


class Performance(msgspec.Struct, frozen=True):
    """Figures over the `rows` predictions whose label has arrived; none while they say nothing.

    `values` has the task's metrics by name, `groups` the quality of each group. `interval` is that
    of the quality; None where the days cannot say how sure it is.
    """

    predictions: int
    rows: int
    labelled_share: float
    values: dict[str, float] = {}
    groups: dict[str, float] = {}
    interval: Interval | None = None


def judge(month: Month, targets: Objectives) -> Performance:
    """Return how good a model was in a month, and how sure that is by its days."""
    whole = month.whole
    share = whole.labelled / max(whole.rows, 1)
    values = _figures(whole.tally, targets)
    if not values:
        return Performance(whole.rows, whole.labelled, share)
    nulls = name_of_nulls(whole.groups)
    named = {nulls if name is None else name: tally for name, tally in whole.groups.items()}
    groups = {
        name: figures[targets.quality]
        for name, tally in sorted(named.items())
        if (figures := _figures(tally, targets))
    }
    interval = confidence.of_quality(month.tallies, targets)
    return Performance(whole.rows, whole.labelled, share, values, groups, interval)


def _figures(tally: Counts, targets: Objectives) -> dict[str, float]:
    """Return the figures of a tally, none when its rows cannot be judged."""
    if not tally or targets.task.unjudged(tally[OUTCOMES]):
        return {}
    return targets.task.figures(tally, targets.kpi)
