import subprocess
import sys
from datetime import datetime

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import jensenshannon
from scipy.special import rel_entr
from scipy.stats import ks_2samp

from slipway.contract.baseline import Baseline
from slipway.features import Array, Columns
from slipway.monitor import distance
from slipway.monitor.baseline import BINS, build_baseline, count
from slipway.monitor.drift import ColumnDrift, DriftReport, compare
from slipway.objectives import Monitoring
from tests.engine.kit import TEMPLATE

ROWS = 5000
EDGE_SHARE = 1 / BINS


def normal(seed: int, mean: float = 0, deviation: float = 1, rows: int = ROWS) -> Array:
    return np.random.default_rng(seed).normal(mean, deviation, rows).astype(np.float32)


def names(*values: str | None) -> Array:
    return np.array(values, dtype=object)


def drift_of(reference: Array, current: Array, limits: Monitoring) -> ColumnDrift:
    return report_of(reference, current, limits).features[0]


def report_of(reference: Array, current: Array, limits: Monitoring) -> DriftReport:
    baseline = build_baseline({"x": reference}, predictions(np.zeros(1, np.float32)))
    return compared(baseline, {"x": current}, predictions(np.zeros(len(current))), limits)


def compared(
    baseline: Baseline,
    columns: Columns,
    predictions: Columns,
    limits: Monitoring,
) -> DriftReport:
    features = count(baseline.features, columns)
    return compare(baseline, features, count(baseline.predictions, predictions), limits)


def predictions(values: Array) -> dict[str, Array]:
    return {"prediction": values.astype(np.float32)}


shares = st.lists(st.integers(0, 1000), min_size=6, max_size=6).filter(any)


@given(shares, shares)
def test_jensen_shannon_is_scipys(first: list[int], second: list[int]) -> None:
    reference, current = (np.array(counts) / sum(counts) for counts in (first, second))
    expected = jensenshannon(reference, current, base=2)
    assert distance.js(reference, current) == pytest.approx(expected, abs=1e-7)


@given(shares, shares)
def test_psi_is_scipys_relative_entropy_both_ways(first: list[int], second: list[int]) -> None:
    reference, current = (
        np.maximum(np.array(counts) / sum(counts), distance.SHARE_MINIMUM)
        for counts in (first, second)
    )
    expected = np.sum(rel_entr(reference, current) + rel_entr(current, reference))
    assert distance.psi(reference, current) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(("mean", "deviation"), [(0, 1), (0.2, 1), (0.5, 1), (0, 2), (3, 1)])
def test_ks_is_at_most_one_bin_below_scipys(
    mean: float, deviation: float, limits: Monitoring
) -> None:
    reference, current = normal(1), normal(2, mean, deviation)
    exact = ks_2samp(reference, current).statistic
    measured = drift_of(reference, current, limits).ks
    assert measured is not None
    assert exact - EDGE_SHARE <= measured <= exact + 1e-9


def test_ks_is_exact_where_a_number_has_few_values(limits: Monitoring) -> None:
    generator = np.random.default_rng(3)
    reference = generator.choice([0, 1, 2], ROWS, p=[0.9, 0.07, 0.03]).astype(np.float32)
    current = generator.choice([0, 1, 2], ROWS, p=[0.6, 0.3, 0.1]).astype(np.float32)
    exact = ks_2samp(reference, current).statistic
    assert drift_of(reference, current, limits).ks == pytest.approx(exact, abs=EDGE_SHARE)


def test_the_same_rows_have_no_drift(limits: Monitoring) -> None:
    drift = drift_of(normal(1), normal(1), limits)
    assert (drift.psi, drift.ks, drift.js, drift.flagged) == (0, 0, 0, False)


def test_other_rows_of_the_same_source_are_not_flagged(limits: Monitoring) -> None:
    flagged = [drift_of(normal(1), normal(seed), limits).flagged for seed in range(2, 40)]
    assert not any(flagged)


def test_a_moved_number_is_flagged(limits: Monitoring) -> None:
    assert drift_of(normal(1), normal(2, mean=0.6), limits).flagged


def test_a_number_outside_all_training_values_is_flagged(limits: Monitoring) -> None:
    drift = drift_of(normal(1), normal(2, mean=1000), limits)
    assert drift.flagged
    assert drift.ks == pytest.approx(1, abs=EDGE_SHARE)


def test_values_gone_missing_are_flagged_though_the_rest_is_the_same(limits: Monitoring) -> None:
    current = normal(2)
    current[: ROWS // 5] = np.nan
    drift = drift_of(normal(1), current, limits)
    assert drift.missing_share == pytest.approx(0.2)
    assert drift.flagged
    assert drift.ks is not None
    assert drift.ks < limits.ks_maximum


def test_a_new_category_counts_as_unseen_and_is_flagged(limits: Monitoring) -> None:
    drift = drift_of(names(*"AB" * 2000), names(*"ABX" * 1000), limits)
    assert drift.unseen_share == pytest.approx(1 / 3)
    assert drift.flagged


def test_a_missing_category_is_neither_unseen_nor_a_name(limits: Monitoring) -> None:
    drift = drift_of(names(*"AB" * 2000), names(*[*("AB" * 900), *[None] * 200]), limits)
    assert drift.unseen_share == 0
    assert drift.missing_share == pytest.approx(0.1)


def test_the_rarest_categories_are_counted_together(limits: Monitoring) -> None:
    keys = names(*(f"key-{index}" for index in range(ROWS)))
    drift = drift_of(keys, names(*(f"other-{index}" for index in range(ROWS))), limits)
    assert len(drift.bins) < 250
    assert not drift.flagged


def test_a_time_is_compared_by_the_hour_of_its_day(limits: Monitoring) -> None:
    minutes = np.random.default_rng(4).integers(0, 30 * 24 * 60, ROWS)
    march = np.datetime64(datetime(2024, 3, 1), "m") + minutes
    later = march + np.timedelta64(90, "D")
    assert drift_of(march, later, limits).psi == pytest.approx(0)
    assert drift_of(march, later.astype("datetime64[D]").astype("datetime64[m]"), limits).flagged


def test_too_few_rows_flag_nothing(limits: Monitoring) -> None:
    report = report_of(normal(1), normal(2, mean=5, rows=limits.minimum_rows - 1), limits)
    assert not report.enough_rows
    assert report.flagged == []


def test_no_rows_at_all_have_a_report(limits: Monitoring) -> None:
    report = report_of(normal(1), normal(2, rows=0), limits)
    assert (report.rows, report.flagged) == (0, [])


def test_a_column_that_was_always_missing_in_training_is_compared(limits: Monitoring) -> None:
    missing = np.full(ROWS, np.nan, np.float32)
    assert not drift_of(missing, missing, limits).flagged
    assert drift_of(missing, normal(2), limits).flagged


def test_a_constant_column_is_compared(limits: Monitoring) -> None:
    constant = np.full(ROWS, 7, np.float32)
    assert not drift_of(constant, constant, limits).flagged
    assert drift_of(constant, constant + 1, limits).flagged


def test_moved_predictions_are_flagged(limits: Monitoring) -> None:
    generator = np.random.default_rng(5)
    columns = {"x": normal(1)}
    baseline = build_baseline(columns, predictions(generator.beta(2, 8, ROWS)))
    report = compared(baseline, columns, predictions(generator.beta(4, 6, ROWS)), limits)
    assert report.flagged == ["prediction"]


def test_the_order_of_the_rows_does_not_change_the_baseline() -> None:
    columns = {"x": normal(1), "c": names(*"ABC" * 1000)}
    turned = {name: column[::-1] for name, column in columns.items()}
    baseline = build_baseline(columns, predictions(normal(2)))
    assert baseline == build_baseline(turned, predictions(normal(2)[::-1]))


def test_a_baseline_survives_json_and_stays_small() -> None:
    columns = {f"x{index}": normal(index) for index in range(20)}
    baseline = build_baseline(columns, predictions(normal(21)))
    text = msgspec.json.encode(baseline)
    assert msgspec.json.decode(text, type=Baseline) == baseline
    assert len(text) < 10_000


@given(st.lists(st.floats(width=32, allow_nan=True, allow_infinity=False), max_size=60))
def test_every_row_is_counted_once(values: list[float]) -> None:
    column = np.array(values, np.float32)
    baseline = build_baseline({"x": column}, predictions(column)).features["x"]
    assert sum(baseline.counts) + baseline.missing == len(values)


@pytest.mark.parametrize("module", [Baseline.__module__, compare.__module__])
def test_a_baseline_is_read_and_compared_without_the_training_packages(module: str) -> None:
    packages = "{'scipy', 'mlflow', 'lightgbm'}"
    code = f"import sys; import {module}; print(*({packages} & sys.modules.keys()))"
    variables = {"PYTHONPATH": str(TEMPLATE / "src")}
    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, env=variables
    )
    assert ended.stdout.split() == []
