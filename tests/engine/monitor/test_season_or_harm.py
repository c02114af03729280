"""Season and harm told apart: on made-up rows, where the truth is known, and by a real model."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from parcels import source
from slipway import bundle
from slipway.contract.baseline import Baseline
from slipway.contract.captured import PREDICTION, Answerer
from slipway.monitor.baseline import build_baseline
from slipway.monitor.captures import predictions
from slipway.monitor.decide import Decision, decide
from slipway.monitor.drift import DriftReport, compare
from slipway.monitor.performance import judge
from slipway.monitor.summary import summarise
from slipway.objectives import Objectives
from slipway.training_data.columns import to_columns

ROWS = 20_000
TODAY = date(2025, 1, 1)
ANSWERER = Answerer("ab" * 32, "cd" * 32)
INPUTS = ("depot", "cause", "weather")

Watch = Callable[[Baseline, pl.DataFrame, pl.DataFrame], tuple[Decision, DriftReport]]


@pytest.fixture
def watch(targets: Objectives) -> Watch:
    """Return what the monitor says about scored rows and the labels that have arrived."""

    def say(
        baseline: Baseline, scored: pl.DataFrame, labels: pl.DataFrame
    ) -> tuple[Decision, DriftReport]:
        whole = summarise(ANSWERER, scored, labels, "parcel_id", baseline, targets)
        drift = compare(baseline, whole.features, whole.predictions, targets.monitoring)
        seen = judge(whole, targets)
        return decide(seen, drift, None, TODAY, TODAY, targets), drift

    return say


def made_up(slope: float = 1, season: float = 0, seed: int = 1) -> pl.DataFrame:
    """Return rows where `cause` makes the event likelier by `slope`; `weather` never matters."""
    generator = np.random.default_rng(seed)
    cause = generator.normal(0, 1.5, ROWS)
    late = generator.random(ROWS) < 1 / (1 + np.exp(-slope * cause))
    return pl.DataFrame(
        {
            "parcel_id": [str(index) for index in range(ROWS)],
            "depot": generator.choice(["BER", "HAM"], ROWS),
            "cause": cause.astype(np.float32),
            "weather": generator.normal(season, 1, ROWS).astype(np.float32),
            PREDICTION: (1 / (1 + np.exp(-cause))).astype(np.float32),
            "label": late.astype(np.int8),
        }
    )


@pytest.fixture(scope="module")
def baseline() -> Baseline:
    rows = made_up()
    return build_baseline(to_columns(rows.select(INPUTS)), {"prediction": predictions(rows)})


def labels_of(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.select("parcel_id", "label")


def captured(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.drop("label")


def test_a_season_that_does_no_harm_is_seen_but_asks_for_nothing(
    watch: Watch, baseline: Baseline
) -> None:
    rows = made_up(season=2, seed=2)
    decision, drift = watch(baseline, captured(rows), labels_of(rows))
    assert drift.flagged == ["weather"]
    assert (decision.status, decision.retrain) == ("healthy", False)


def test_a_changed_relation_asks_for_a_training_though_no_column_moved(
    watch: Watch, baseline: Baseline
) -> None:
    rows = made_up(slope=0.2, seed=2)
    decision, drift = watch(baseline, captured(rows), labels_of(rows))
    assert drift.flagged == []
    assert decision.retrain


def test_no_change_at_all_is_healthy(watch: Watch, baseline: Baseline) -> None:
    rows = made_up(seed=2)
    decision, drift = watch(baseline, captured(rows), labels_of(rows))
    assert (decision.status, drift.flagged) == ("healthy", [])


def test_before_labels_arrive_drift_alone_asks_for_nothing(
    watch: Watch, baseline: Baseline
) -> None:
    rows = made_up(season=2, seed=2)
    decision, _ = watch(baseline, captured(rows), labels_of(rows).head(100))
    assert (decision.status, decision.retrain) == ("unknown", False)


@pytest.fixture(scope="module")
def model(bundle_dir: Path) -> bundle.Model:
    return bundle.load(bundle_dir)


@pytest.fixture(scope="module")
def weeks() -> pl.DataFrame:
    """Return eight weeks after the training, with the outcomes that are known at their end."""
    start, end = date(2024, 5, 1), date(2024, 6, 26)
    labels = source.read_labels(start, end, end)
    return source.read_features(start, end).join(labels, "parcel_id", maintain_order="left")


def answered(model: bundle.Model, rows: pl.DataFrame) -> pl.DataFrame:
    predicted = pl.Series(PREDICTION, model.predict(to_columns(rows.drop("label"))))
    return captured(rows).with_columns(predicted)


@pytest.mark.parametrize("heavier", [1.5, 2.0, 3.0])
def test_heavy_parcels_move_the_weight_without_harm(
    watch: Watch, model: bundle.Model, weeks: pl.DataFrame, heavier: float
) -> None:
    rows = weeks.with_columns(weight=pl.col("weight") * heavier)
    decision, drift = watch(model.manifest.baseline, answered(model, rows), labels_of(rows))
    assert drift.flagged == ["weight"]
    assert "the drift in weight does no harm" in decision.reason
    assert (decision.status, decision.retrain) == ("healthy", False)


def test_weeks_in_which_the_near_ones_are_late_are_a_loss_and_ask_for_a_training(
    watch: Watch, model: bundle.Model, weeks: pl.DataFrame
) -> None:
    rows = weeks.with_columns(label=(pl.col("distance") < 500).cast(pl.Int8))
    decision, drift = watch(model.manifest.baseline, answered(model, rows), labels_of(rows))
    assert drift.flagged == []
    assert (decision.status, decision.retrain) == ("retrain", True)


def test_distances_in_metres_are_drift_with_harm_and_ask_for_a_training(
    watch: Watch, model: bundle.Model, weeks: pl.DataFrame
) -> None:
    rows = weeks.with_columns(distance=pl.col("distance") * 1000)
    decision, drift = watch(model.manifest.baseline, answered(model, rows), labels_of(rows))
    assert drift.flagged == ["distance", "prediction"]
    assert (decision.status, decision.retrain) == ("retrain", True), decision.reason
