"""Probabilities as a histogram: counts that add up over days, and what they tell of a ranking.

A bin is 1/128 of log-odds between -16 and 16; probabilities beyond are at the ends. Two that share
a bin count as equal, so the area under the ROC curve is off by at most half the chance that an
event and another row share one, and by far less where probabilities mean what they say.
"""

import math

import numpy as np

from .interface import Array

LOG_ODDS_MAXIMUM = 16
BINS = 4096
CALIBRATION_BINS = 10


def tally(events: Array, probabilities: Array) -> dict[str, Array]:
    """Count rows (n,) by outcome, others first (2, BINS), and add up what was `predicted` (BINS,).

    `squared_error` (1,) is the sum over all rows; `events` holds 0 and 1.
    """
    probabilities = probabilities.astype(np.float64)
    place = _bins(probabilities)
    happened = np.bincount(place, events, BINS).astype(np.int64)
    return {
        "rows": np.stack([np.bincount(place, minlength=BINS) - happened, happened]),
        "predicted": np.bincount(place, probabilities, BINS),
        "squared_error": np.array([np.sum((probabilities - events) ** 2)]),
    }


def _bins(probabilities: Array) -> Array:
    """Return the bin of each probability (n,), by its log-odds."""
    with np.errstate(divide="ignore"):
        log_odds = np.log(probabilities) - np.log1p(-probabilities)
    share = (log_odds + LOG_ODDS_MAXIMUM) / (2 * LOG_ODDS_MAXIMUM)
    return np.clip(np.floor(share * BINS), 0, BINS - 1).astype(np.int64)


def area(others: Array, events: Array) -> float:
    """Return the area under the ROC curve of counts by rising score, ties counted half.

    It is the Mann-Whitney U, divided by the number of pairs.
    """
    below = np.cumsum(others) - others / 2
    return float((events * below).sum() / (events.sum() * others.sum()))


def calibration_error(rows: Array, predicted: Array) -> float:
    """Return the expected calibration error of a tally over ten bins of equal row counts.

    A bin of the histogram that lies across two of them counts to each by its share.
    """
    total = int(rows.sum())
    cuts = np.linspace(0, total, CALIBRATION_BINS + 1)
    surplus = below(rows.sum(axis=0), predicted - rows[1], cuts)
    return math.fsum(np.abs(np.diff(surplus))) / total


def below(rows: Array, amounts: Array, cuts: Array | float) -> Array:
    """Return the sum of `amounts` (BINS,) over the first rows, as many as `cuts` says."""
    return np.asarray(np.interp(cuts, _running(rows), _running(amounts)))


def _running(values: Array) -> Array:
    return np.concatenate([[0], np.cumsum(values)])
