"""The group of rows that loses most by the challenger: more than the owner allows, or not."""

from .. import evaluate
from ..contract.gate import Check
from ..features import Array, Columns
from ..objectives import objectives
from ..schema import LABEL
from .comparison import gain_interval, signed
from .models import Measured

MINIMUM = 10  # rows of each outcome: below, a group's quality is hardly a figure


def worst_group(new: Measured, old: Measured, rows: Columns) -> list[Check]:
    """Return how much the group that loses most loses; nothing where no group can be compared.

    A loss counts when it is shown to be above the limit. Of many groups one seems to lose by
    chance, so each is asked to be as sure as (1 - confidence) / groups allows: Bonferroni's
    correction, which for the worst group is Holm's as well.
    """
    targets = objectives()
    quality, gate = targets.quality_metric, targets.gate
    groups = comparable(rows)
    losses = {
        name: quality.loss(new.groups[name], old.groups.get(name, new.groups[name]))
        for name in groups
    }
    if not losses:
        return []

    def shown(name: str) -> bool:
        if losses[name] <= gate.group_loss_maximum or old.predictions is None:
            return losses[name] > gate.group_loss_maximum
        confidence = 1 - (1 - gate.confidence) / len(groups)
        interval = gain_interval(quality, new, old, rows, confidence, groups[name])
        return interval is not None and -interval.upper > gate.group_loss_maximum

    lost = [name for name in losses if shown(name)]
    worst = max(lost or losses, key=losses.__getitem__)
    who = f"{quality.title} of {gate.group} {worst}"
    words = f"{who} {signed(quality, -losses[worst])} against the champion's"
    words += f" (asked: -{quality.limit(gate.group_loss_maximum)})"
    return [Check("worst_group_loss", losses[worst], gate.group_loss_maximum, not lost, words)]


def comparable(rows: Columns) -> dict[str, Array]:
    """Return which of the rows (n,) are of each group that is large enough to be compared."""
    targets = objectives()
    task, labels = targets.task, rows[LABEL]
    return {
        name: chosen
        for name, chosen in evaluate.rows_by_group(rows, targets).items()
        if not task.unjudged(task.outcomes(labels[chosen]), MINIMUM)
    }


def too_small(rows: Columns) -> str:
    """Say how many groups are too small to be compared; nothing when none is."""
    targets = objectives()
    groups = len(evaluate.rows_by_group(rows, targets))
    small = groups - len(comparable(rows))
    if not small:
        return ""
    return f" Too small to be compared: {small} of {groups} groups of {targets.gate.group}."
