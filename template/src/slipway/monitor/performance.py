"""How good the captured predictions were, as far as their outcomes are known."""

import msgspec

from ..evaluate import name_of_nulls
from ..objectives import Objectives
from ..tasks import OUTCOMES
from .summary import Counts, Summary


class Performance(msgspec.Struct, frozen=True):
    """Figures over the `rows` predictions whose label has arrived; none while they say nothing.

    `values` has the task's metrics by name, `groups` the quality of each group.
    """

    predictions: int
    rows: int
    labelled_share: float
    values: dict[str, float] = {}
    groups: dict[str, float] = {}


def judge(whole: Summary, targets: Objectives) -> Performance:
    """Return how good a model was on the days that `whole` sums up."""
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
    return Performance(whole.rows, whole.labelled, share, values, groups)


def _figures(tally: Counts, targets: Objectives) -> dict[str, float]:
    """Return the figures of a tally, none when its rows cannot be judged."""
    if not tally or targets.task.unjudged(tally[OUTCOMES]):
        return {}
    return targets.task.figures(tally, targets.kpi)
