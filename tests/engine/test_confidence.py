"""How sure a figure is: what the bounds promise, and when there are none."""

import math
from typing import Any

import numpy as np
import pytest
from scipy.stats import norm

from slipway import confidence
from slipway.features import Array
from slipway.objectives import objectives
from slipway.tasks import metric

ROWS = 100  # a day


def days_of(values: Array) -> list[tuple[dict[str, Array]]]:
    """Return a tally a day of numbers (days, rows): what the mean is made of."""
    sums = values.sum(axis=1, keepdims=True)
    return [({"rows": np.array([values.shape[1]]), "sum": day},) for day in sums]


def mean(tally: dict[str, Array]) -> float:
    return float(tally["sum"][0] / tally["rows"][0])


def test_the_bounds_of_a_mean_are_students_over_the_means_of_days() -> None:
    means = np.random.default_rng(1).normal(5, 2, (8, 1))
    interval = confidence.interval(days_of(np.repeat(means, ROWS, axis=1)), mean, 0.95)
    assert interval is not None
    reach = 2.3646 * means.std(ddof=1) / math.sqrt(8)  # t of 7 degrees
    assert (interval.lower + interval.upper) / 2 == pytest.approx(means.mean())
    assert (interval.upper - interval.lower) / 2 == pytest.approx(reach, rel=0.06)
    assert (interval.days, interval.confidence) == (8, 0.95)


def test_rows_of_the_same_days_do_not_make_it_surer() -> None:
    means = np.random.default_rng(1).normal(5, 2, (8, 1))
    few, many = (
        confidence.interval(days_of(np.repeat(means, rows, axis=1)), mean, 0.9)
        for rows in (10, 1000)
    )
    assert few is not None
    assert many is not None
    assert many.upper - many.lower == pytest.approx(few.upper - few.lower)


@pytest.mark.parametrize("days", [2, 3, 7, 14, 28])
def test_bounds_hold_as_often_as_they_promise(days: int) -> None:
    samples = np.random.default_rng(3).normal(size=(4000, days))
    drawn = samples @ confidence.draws(days).T / days
    pairs = zip(samples.mean(axis=1).tolist(), drawn.std(axis=1).tolist(), strict=True)
    intervals = [confidence.bounds(figure, spread, days, 0.9) for figure, spread in pairs]
    held = np.mean([interval.lower < 0 < interval.upper for interval in intervals])
    assert held == pytest.approx(0.9, abs=0.02)  # the percentiles of the draws hold .78 of 7 days


def test_every_draw_is_of_as_many_days_as_there_are() -> None:
    drawn = confidence.draws(14)
    assert drawn.shape == (confidence.DRAWS, 14)
    assert set(drawn.sum(axis=1).tolist()) == {14}
    assert np.array_equal(drawn, confidence.draws(14))


def test_one_day_has_no_bounds() -> None:
    assert confidence.interval(days_of(np.ones((1, ROWS))), mean, 0.9) is None
    assert confidence.interval([], mean, 0.9) is None


def test_a_figure_that_is_no_number_has_no_bounds() -> None:
    assert confidence.interval(days_of(np.ones((9, ROWS))), lambda _: math.nan, 0.9) is None


def parcels(days: int, seed: int = 1) -> tuple[Array, Array, Array, Array]:
    """Return labels, the predictions of two models that are alike, and times."""
    generator = np.random.default_rng(seed)
    rows = days * ROWS
    cause, shared = generator.normal(size=(2, rows))
    labels = (generator.random(rows) < 1 / (1 + np.exp(1 - cause))).astype(np.int64)
    one, other = (
        1 / (1 + np.exp(-cause - shared / 2 - generator.normal(size=rows) * noise))
        for noise in (0.3, 0.6)
    )
    times = np.datetime64("2024-05-01T09:00", "m") + np.arange(rows) // ROWS * np.timedelta64(1440)
    return labels, one.astype(np.float32), other.astype(np.float32), times


def pairs(labels: Array, one: Array, other: Array, times: Array) -> list[Any]:
    task = objectives().task
    tallies = (confidence.by_day(task, labels, model, times) for model in (one, other))
    return list(zip(*tallies, strict=True))


def gain(one: dict[str, Array], other: dict[str, Array]) -> float:
    targets = objectives()
    auc = metric(targets.task, "auc")
    ours, theirs = (confidence.value(auc, tally, targets) for tally in (one, other))
    return ours - theirs


def delong(labels: Array, one: Array, other: Array) -> tuple[float, float]:
    """Return the difference of two AUCs of the same rows and its standard error.

    DeLong, DeLong & Clarke-Pearson, "Comparing the areas under two or more correlated receiver
    operating characteristic curves: a nonparametric approach" (1988).
    """
    events, others = (labels == outcome for outcome in (1, 0))
    areas, of_events, of_others = [], [], []
    for scores in (one, other):
        wins = scores[events][:, None] > scores[others]
        wins = wins + (scores[events][:, None] == scores[others]) / 2
        areas.append(wins.mean())
        of_events.append(wins.mean(axis=1))
        of_others.append(wins.mean(axis=0))
    variance = np.var(of_events[0] - of_events[1], ddof=1) / events.sum()
    variance += np.var(of_others[0] - of_others[1], ddof=1) / others.sum()
    return areas[0] - areas[1], math.sqrt(variance)


def test_where_rows_do_not_depend_on_their_day_it_agrees_with_delong() -> None:
    labels, one, other, times = parcels(days=100)
    interval = confidence.interval(pairs(labels, one, other, times), gain, 0.9)
    assert interval is not None
    difference, error = delong(labels, one, other)
    reach = norm.ppf(0.95) * error
    assert (interval.lower + interval.upper) / 2 == pytest.approx(difference, abs=5e-4)
    assert (interval.upper - interval.lower) / 2 == pytest.approx(reach, rel=0.2)


def test_models_on_the_same_days_are_compared_more_surely_than_each_is_known() -> None:
    labels, one, other, times = parcels(days=14)
    paired = confidence.interval(pairs(labels, one, other, times), gain, 0.9)
    alone = confidence.of_quality(
        confidence.by_day(objectives().task, labels, one, times), objectives()
    )
    assert paired is not None
    assert alone is not None
    assert paired.upper - paired.lower < 0.7 * (alone.upper - alone.lower)


def test_outcomes_of_two_days_say_nothing_however_many_days_there_are() -> None:
    labels, one, other, times = parcels(days=14)
    labels[2 * ROWS :] = 0
    assert confidence.interval(pairs(labels, one, other, times), gain, 0.9) is None


def test_a_day_has_its_rows_wherever_they_stand_and_those_without_a_time_have_none() -> None:
    labels, one, _, times = parcels(days=3)
    task, order = objectives().task, np.random.default_rng(1).permutation(len(labels))
    sorted_days = confidence.by_day(task, labels, one, times)
    mixed = confidence.by_day(task, labels[order], one[order], times[order])
    for day, same in zip(sorted_days, mixed, strict=True):
        assert day.keys() == same.keys()
        assert all(np.allclose(day[name], same[name]) for name in day)
    times[:ROWS] = np.datetime64("NaT")
    assert len(confidence.by_day(task, labels, one, times)) == 2
