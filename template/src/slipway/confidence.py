"""How sure a figure is, by a bootstrap over days.

Rows of one day resemble each other (one storm delays them all), so a thousand of them say less than
a thousand rows of many days. Whole days are drawn with replacement, as clusters in Field & Welsh,
"Bootstrapping clustered data" (2007). The bounds are figure +- t * standard error, with Student's t
of days - 1 degrees and the standard error widened by sqrt(days / (days - 1)): the quantiles of few
days' draws lie too close together (Hesterberg, "What teachers should know about the bootstrap",
2015).
"""

import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from scipy.special import stdtrit

from .contract.interval import Interval
from .features import Array
from .objectives import Objectives
from .tasks import OUTCOMES, Metric, Task

Tally = Mapping[str, Array]

DRAWS = 1000
SEED = 20130401  # fixed: the same rows have the same bounds
JUDGED_SHARE = 0.99  # of the draws; outcomes that are on fewer than some five days fall below it


def by_day(task: Task, labels: Array, predictions: Array, times: Array) -> list[Tally]:
    """Return the tally of each day among rows (n,), oldest first; times are datetime64."""
    days = times.astype("datetime64[D]")
    chosen = (days == day for day in np.unique(days[~np.isnat(days)]))
    return [task.tally(labels[rows], predictions[rows]) for rows in chosen]


def value(metric: Metric, tally: Tally, targets: Objectives) -> float:
    """Return one figure of a tally, NaN where its rows cannot be judged."""
    task = targets.task
    if task.unjudged(tally[OUTCOMES]):
        return math.nan
    return task.figures(dict(tally), targets.kpi)[metric.name]


def of_quality(days: Sequence[Tally], targets: Objectives) -> Interval | None:
    """Return the bounds of a model's quality, from the tally of each day."""
    quality = targets.quality_metric
    confidence = targets.gate.confidence
    return interval(
        [(day,) for day in days], lambda tally: value(quality, tally, targets), confidence
    )


def interval(
    days: Sequence[Sequence[Tally]], figure: Callable[..., float], confidence: float
) -> Interval | None:
    """Return the bounds of a figure; None where the days cannot say how sure it is.

    A day is one tally, or one of each model that is compared: `figure` takes as many, and both
    models are always drawn on the same days. There are no bounds of one day, and none where more
    than a few draws lack an outcome.
    """
    number = len(days)
    if number < 2:
        return None
    tallies = [_stacked(tallies) for tallies in zip(*days, strict=True)]
    whole = figure(*_sums(tallies, np.ones(number, dtype=np.int64)))
    drawn = np.array([figure(*_sums(tallies, times)) for times in draws(number)])
    judged = drawn[np.isfinite(drawn)]
    if len(judged) < JUDGED_SHARE * DRAWS or not math.isfinite(whole):
        return None
    return bounds(whole, float(judged.std()), number, confidence)


def draws(days: int) -> Array:
    """Return how often each day is drawn, (DRAWS, days)."""
    generator = np.random.default_rng(SEED)
    return generator.multinomial(days, np.full(days, 1 / days), size=DRAWS)


def bounds(figure: float, deviation: float, days: int, confidence: float) -> Interval:
    """Return the bounds of a figure whose draws have such a standard deviation."""
    error = deviation * math.sqrt(days / (days - 1))
    reach = float(stdtrit(days - 1, (1 + confidence) / 2)) * error
    return Interval(figure - reach, figure + reach, confidence, days)


def _stacked(tallies: Sequence[Tally]) -> Tally:
    """Return the tallies of all days as one, whose arrays have the days as their first axis."""
    return {name: np.stack([tally[name] for tally in tallies]) for name in tallies[0]}


def _sums(tallies: Sequence[Tally], times: Array) -> list[Tally]:
    """Return each model's tally of the days drawn."""
    return [
        {name: np.tensordot(times, days, axes=1) for name, days in tally.items()}
        for tally in tallies
    ]
