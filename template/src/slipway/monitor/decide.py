"""Should the model be trained again? Only performance that is low beyond chance says so."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Literal

import msgspec

from ..contract.interval import Interval
from ..months import counted
from ..objectives import Monitoring, Objectives
from ..training_data.quarantine import BAD_SHARE_MAXIMUM
from .drift import DriftReport
from .performance import Performance


class Decision(msgspec.Struct, frozen=True):
    """What to do now, and why in one sentence."""

    status: Literal["healthy", "retrain", "waiting", "unsure", "unknown", "doubtful"]
    reason: str
    retrain: bool = False


def decide(
    performance: Performance,
    drift: DriftReport,
    last_trained: date | None,
    as_of: date,
    complete: date,
    targets: Objectives,
) -> Decision:
    """Ask for a training when enough labels show a quality that is worse than the objective.

    `last_trained` is the day as of which the newest model was trained; a second training within
    `cooldown_days` would see nearly the same data, and is put off. `complete` is the first day on
    which all outcomes of the month are known.
    """
    limits, quality = targets.monitoring, targets.quality_metric
    value = performance.values.get(quality.name)
    if value is None or performance.rows < limits.minimum_rows:
        return Decision("unknown", _unknown(performance, drift, as_of, complete, limits))
    shown = f"{quality.title} {quality.show(value)}"
    if not quality.misses(value, limits.quality_objective):
        objective = quality.limit(limits.quality_objective)
        return Decision("healthy", _healthy(f"{shown} meets the objective {objective}", drift))
    low = (
        f"{shown} over {performance.rows:,} labelled rows"
        f" misses the objective {quality.limit(limits.quality_objective)}"
    )
    later = f"look again with AS_OF={complete}" if as_of < complete else "watch the next month"
    chance = _chance(low, later, performance.interval, targets)
    return chance or _train(low, last_trained, as_of, limits)


def _chance(
    low: str, later: str, interval: Interval | None, targets: Objectives
) -> Decision | None:
    """Do nothing about a quality that is `low`, but perhaps by chance."""
    quality, objective = targets.quality_metric, targets.monitoring.quality_objective
    if interval is None:
        few = "their outcomes are on too few days to tell that from chance"
        return Decision("unknown", f"{low}, but {few}: {later}.")
    best = interval.lower if quality.better == "lower" else interval.upper
    if quality.misses(best, objective):
        return None
    lower, upper = quality.show(interval.lower), quality.show(interval.upper)
    sure = f"{lower} to {upper} with {interval.sure} confidence over {counted(interval.days)}"
    return Decision("unsure", f"{low}, which may be chance ({sure}): {later}.")


def _train(low: str, last_trained: date | None, as_of: date, limits: Monitoring) -> Decision:
    """Ask for a training, or wait where the last one was a short time ago."""
    ready = last_trained and last_trained + timedelta(days=limits.cooldown_days)
    if ready and as_of < ready:
        return Decision("waiting", f"{low}, but the last training was {last_trained}: wait.")
    return Decision("retrain", f"{low} beyond chance: train again.", retrain=True)


def doubt(decision: Decision, performance: Performance, unusable: Mapping[str, int]) -> Decision:
    """Ask for the labels to be mended where more of them than a few fit none.

    A training would refuse these, and figures that are without them say too little. `unusable`
    counts them by what they say.
    """
    bad = sum(unusable.values())
    known = performance.rows + bad
    if bad <= BAD_SHARE_MAXIMUM * known:
        return decision
    values = ", ".join(f"{said} {rows:,}" for said, rows in unusable.items())
    return Decision(
        "doubtful",
        f"{bad:,} of {known:,} outcomes fit no label ({values}): mend the source, or name a new "
        "class in objectives.yaml, and train again.",
    )


def remind(decision: Decision, days: int) -> Decision:
    """Add to a decision that the model was trained on `days` of the month; it stays the same."""
    if not days:
        return decision
    note = f"The model was trained on {counted(days)} of this month: it looks better than it is."
    return msgspec.structs.replace(decision, reason=f"{decision.reason} {note}")


def _unknown(
    performance: Performance, drift: DriftReport, as_of: date, complete: date, limits: Monitoring
) -> str:
    known = f"{performance.rows:,} of {performance.predictions:,} predictions have a label"
    if performance.rows >= limits.minimum_rows:
        return f"{known}, and these cannot judge a model: look at the source."
    watch = f" Drifted meanwhile: {_names(drift)}." if drift.flagged else ""
    needed = f"{known}, {limits.minimum_rows:,} are needed"
    if as_of < complete:
        return f"{needed}: look again with AS_OF={complete}.{watch}"
    return (
        f"{needed}, and since {complete} no more are to come: look at the source, or at "
        f"monitoring.minimum_rows in objectives.yaml.{watch}"
    )


def _healthy(good: str, drift: DriftReport) -> str:
    if not drift.flagged:
        return f"{good}, and nothing drifted."
    return f"{good}: the drift in {_names(drift)} does no harm so far."


def _names(drift: DriftReport) -> str:
    first, rest = drift.flagged[:3], len(drift.flagged) - 3
    return ", ".join(first) + (f" and {rest} more" if rest > 0 else "")
