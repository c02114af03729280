"""Season and harm told apart: on made-up data, where the truth is known, and on the real months."""

from collections.abc import Callable
from datetime import date

import numpy as np
import polars as pl
import pytest

from slipway import train
from slipway.data import source
from slipway.data.columns import to_columns
from slipway.features import transform
from slipway.monitor.decide import Decision, decide
from slipway.monitor.drift import (
    Baseline,
    DriftReport,
    build_baseline,
    compare,
)
from slipway.monitor.performance import measure
from slipway.objectives import Monitoring, objectives

ROWS = 20_000
TODAY = date(2014, 1, 1)
LEFT_OUT = ("parcel_id", "label", "probability")

Watch = Callable[[Baseline, pl.DataFrame, pl.DataFrame], tuple[Decision, DriftReport]]


@pytest.fixture
def watch(limits: Monitoring) -> Watch:
    """Return what the monitor says about scored rows and the labels that have arrived."""

    def say(
        baseline: Baseline, scored: pl.DataFrame, labels: pl.DataFrame
    ) -> tuple[Decision, DriftReport]:
        columns = to_columns(scored)
        drift = compare(baseline, columns, columns["probability"], limits)
        seen = measure(scored, labels, objectives())
        return decide(seen, drift, None, TODAY, limits), drift

    return say


def made_up(slope: float = 1, season: float = 0, seed: int = 1) -> pl.DataFrame:
    """Return rows where `cause` makes the event likelier by `slope`; `weather` never matters."""
    generator = np.random.default_rng(seed)
    cause = generator.normal(0, 1.5, ROWS)
    happened = generator.random(ROWS) < 1 / (1 + np.exp(-slope * cause))
    return pl.DataFrame(
        {
            "parcel_id": [str(index) for index in range(ROWS)],
            "origin": generator.choice(["EWR", "JFK"], ROWS),
            "cause": cause.astype(np.float32),
            "weather": generator.normal(season, 1, ROWS).astype(np.float32),
            "probability": (1 / (1 + np.exp(-cause))).astype(np.float32),
            "label": happened.astype(np.int8),
        }
    )


def baseline_of(rows: pl.DataFrame) -> Baseline:
    columns = to_columns(rows)
    inputs = {name: column for name, column in columns.items() if name not in LEFT_OUT}
    return build_baseline(inputs, columns["probability"])


def test_a_season_that_does_no_harm_is_seen_but_asks_for_nothing(watch: Watch) -> None:
    rows = made_up(season=2, seed=2)
    decision, drift = watch(baseline_of(made_up()), rows, rows.select("parcel_id", "label"))
    assert drift.flagged == ["weather"]
    assert (decision.status, decision.retrain) == ("healthy", False)


def test_a_changed_relation_asks_for_a_training_though_no_column_moved(watch: Watch) -> None:
    rows = made_up(slope=0.2, seed=2)
    decision, drift = watch(baseline_of(made_up()), rows, rows.select("parcel_id", "label"))
    assert drift.flagged == []
    assert decision.retrain


def test_no_change_at_all_is_healthy(watch: Watch) -> None:
    rows = made_up(seed=2)
    decision, drift = watch(baseline_of(made_up()), rows, rows.select("parcel_id", "label"))
    assert (decision.status, drift.flagged) == ("healthy", [])


def test_before_labels_arrive_drift_alone_asks_for_nothing(watch: Watch) -> None:
    rows = made_up(season=2, seed=2)
    labels = rows.select("parcel_id", "label").head(100)
    decision, _ = watch(baseline_of(made_up()), rows, labels)
    assert (decision.status, decision.retrain) == ("unknown", False)


Month = Callable[[int], tuple[pl.DataFrame, pl.DataFrame]]
Real = tuple[Baseline, Month]


@pytest.fixture(scope="module")
def real() -> Real:
    """Return the baseline of a model trained on the first weeks, and a month that it scored."""
    start, split, end = date(2013, 1, 1), date(2013, 3, 15), date(2013, 4, 1)
    rows = source.read_features(start, end).join(source.read_labels(start, end, end), "parcel_id")
    rows = rows.sort("handed_over", "parcel_id")
    late = pl.col("handed_over").dt.date() >= split
    columns = to_columns(rows.filter(~late))
    booster, encoder = train.fit(columns, columns["label"], train.PARAMETERS)

    def score(frame: pl.DataFrame) -> pl.DataFrame:
        probabilities = booster.predict(transform(to_columns(frame), encoder))
        return frame.with_columns(probability=probabilities.astype(np.float32))

    def month(number: int) -> tuple[pl.DataFrame, pl.DataFrame]:
        first, last = date(2013, number, 1), date(2013, number + 1, 1)
        return score(source.read_features(first, last)), source.read_labels(first, last, last)

    return baseline_of(score(rows.filter(~late))), month


def test_april_is_a_loss_and_asks_for_a_training(real: Real, watch: Watch) -> None:
    baseline, month = real
    decision, _ = watch(baseline, *month(4))
    assert decision.retrain


@pytest.mark.parametrize("number", [5, 6, 7, 8])
def test_summer_moves_the_weather_without_harm(real: Real, watch: Watch, number: int) -> None:
    baseline, month = real
    decision, drift = watch(baseline, *month(number))
    assert "temperature" in drift.flagged
    assert "the drift in temperature" in decision.reason
    assert not decision.retrain
