"""Challenger beside champion: which is better, and how sure that is."""

from .. import confidence, tasks
from ..confidence import Tally
from ..contract.gate import Check, Comparison, Verdict
from ..contract.interval import Interval
from ..features import Array, Columns
from ..months import counted
from ..objectives import objectives
from ..tasks import Metric
from .models import ALL, Measured

BETTER: Verdict = "better"
NOT_WORSE: Verdict = "not worse, but newer"
NOT_SHOWN: Verdict = "not shown to be better"
WORSE: Verdict = "worse"
NO_PAIRS = (
    "by the champion's own earlier figures: it has other features and cannot answer these rows, so "
    "nothing says how sure this is"
)
TOO_FEW_DAYS = (
    "the outcomes are on too few days to say how sure this is: raise training.holdout_days in "
    "objectives.yaml"
)


def compare(new: Measured, old: Measured, rows: Columns) -> tuple[Comparison, Check]:
    """Compare challenger and champion on rows (n,) by the gate's metric."""
    targets = objectives()
    gate, metric = targets.gate, tasks.metric(targets.task, targets.gate.metric)
    gain = -metric.loss(new.values[metric.name], old.values[metric.name])
    if old.predictions is None:
        said = Comparison(BETTER if gain >= gate.margin else NOT_SHOWN, gain)
    else:
        interval = gain_interval(metric, new, old, rows, gate.confidence)
        word = verdict(gain, interval, gate.margin, new.newer(old))
        said = Comparison(word, gain, interval)
    passed = said.verdict == BETTER or (gate.newer and said.verdict == NOT_WORSE)
    words = _words(metric, new, old, said)
    return said, Check(f"{metric.name}_gain", gain, gate.margin, passed, words)


def verdict(gain: float, interval: Interval | None, margin: float, newer: bool) -> Verdict:
    """Return the word for a gain, positive where the challenger is better.

    A challenger that is not `newer` has nothing to offer but to be better.
    """
    if interval is None:
        return NOT_SHOWN
    if interval.upper < 0:
        return WORSE
    if interval.lower > 0 and gain >= margin:
        return BETTER
    return NOT_WORSE if newer and interval.lower > -margin else NOT_SHOWN


def gain_interval(
    metric: Metric,
    new: Measured,
    old: Measured,
    rows: Columns,
    sure: float,
    chosen: Array | slice = ALL,
) -> Interval | None:
    """Return the bounds of what the challenger gains on the `chosen` rows.

    Both models are drawn on the same days. None where these rows cannot say how sure it is.
    """
    targets = objectives()

    def gain(challenger: Tally, champion: Tally) -> float:
        ours, theirs = (
            confidence.value(metric, tally, targets) for tally in (challenger, champion)
        )
        return -metric.loss(ours, theirs)

    days = zip(new.by_day(rows, chosen), old.by_day(rows, chosen), strict=True)
    return confidence.interval(list(days), gain, sure)


def _words(metric: Metric, new: Measured, old: Measured, said: Comparison) -> str:
    """Return the comparison as part of a sentence."""
    gate = objectives().gate
    ours, theirs = (metric.show(model.values[metric.name]) for model in (new, old))
    words = f"{metric.title} {ours} against the champion's {theirs} is {said.verdict}"
    words += f": a gain of {signed(metric, said.gain)}"
    if said.interval is not None:
        low, high = (signed(metric, side) for side in (said.interval.lower, said.interval.upper))
        days = counted(said.interval.days)
        words += f", {low} to {high} with {said.interval.sure} confidence over {days}"
    words += f" (asked: {metric.limit(gate.margin)})"
    if said.interval is None:
        words += f", {NO_PAIRS if old.predictions is None else TOO_FEW_DAYS}"
    if said.verdict == NOT_WORSE and not gate.newer:
        words += "; gate.newer in objectives.yaml does not let that pass"
    return words


def signed(metric: Metric, value: float) -> str:
    """Return a difference of two values of a metric with its sign."""
    return f"{'-' if value < 0 else '+'}{metric.show(abs(value))}"
