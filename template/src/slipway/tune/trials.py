"""A trial: parameters that were tried, and what came of them."""

from collections.abc import Iterable

import msgspec

from ..families.space import Value
from ..objectives import objectives


class Trial(msgspec.Struct, frozen=True):
    """Parameters and the quality on each fold; none, and why, where they could not be fitted.

    `number` counts from 1 on; 0 is what model.py says.
    """

    number: int
    parameters: dict[str, Value]
    folds: list[float]
    reason: str = ""

    @property
    def quality(self) -> float:
        """The mean of the folds."""
        return sum(self.folds) / len(self.folds)


def badness(trial: Trial) -> float:
    """Return a number that is the smaller the better a trial is."""
    return objectives().quality_metric.loss(trial.quality, 0)


def best(trials: Iterable[Trial]) -> Trial | None:
    """Return the trial of the best mean quality, the first of equal ones."""
    return min((trial for trial in trials if trial.folds), key=badness, default=None)
