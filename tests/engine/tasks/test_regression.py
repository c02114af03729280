"""How much: errors agree with scikit-learn, intervals cover, wrong labels are named."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from pydantic import ValidationError
from sklearn.metrics import mean_absolute_error, root_mean_squared_error

from slipway.tasks import VALUE, Array
from slipway.tasks.regression import Kpi, Regression

TASK = Regression(unit="minutes", coverage=0.8)
KPI = Kpi(name="v", unit="EUR", cost_per_unit_too_low=3, cost_per_unit_too_high=1)
NUMBERS = st.floats(-1e6, 1e6, width=32)


def around(value: Array, below: float = 1.0, above: float = 2.0) -> Array:
    """Return predictions with an interval of the same size around each value."""
    decision = {"edges": [], "below": [below], "above": [above]}
    return TASK.predictions(value.reshape(-1, 1), decision)


def measured(labels: Array, predictions: Array) -> dict[str, float]:
    return TASK.figures(TASK.tally(labels, predictions), KPI)


@st.composite
def any_rows(draw: st.DrawFn) -> tuple[Array, Array]:
    count = draw(st.integers(1, 50))
    labels = draw(arrays.arrays(np.float32, count, elements=NUMBERS))
    return labels, around(draw(arrays.arrays(np.float32, count, elements=NUMBERS)))


@given(any_rows())
@settings(max_examples=100)
def test_the_errors_agree_with_scikit_learn(rows: tuple[Array, Array]) -> None:
    labels, predictions = (array.astype(np.float64) for array in rows)
    figures, value = measured(*rows), predictions[:, 1]
    assert figures["mae"] == pytest.approx(mean_absolute_error(labels, value), rel=1e-9)
    assert figures["rmse"] == pytest.approx(root_mean_squared_error(labels, value), rel=1e-9)
    assert figures["bias"] == pytest.approx((value - labels).mean(), rel=1e-9, abs=1e-6)


@given(any_rows(), st.integers(0, 50))
@settings(max_examples=100)
def test_the_tallies_of_two_parts_add_up_to_that_of_the_whole(
    rows: tuple[Array, Array], cut: int
) -> None:
    labels, predictions = rows
    parts = [TASK.tally(labels[s], predictions[s]) for s in (slice(cut), slice(cut, None))]
    for name, whole in TASK.tally(labels, predictions).items():
        added = parts[0][name] + parts[1][name]
        assert (added.shape, added.dtype) == (whole.shape, whole.dtype)
        assert added == pytest.approx(whole, rel=1e-9)


def test_there_is_a_figure_for_each_metric() -> None:
    figures = measured(np.array([1.0, 2.0]), around(np.array([1.0, 3.0])))
    assert list(figures) == [metric.name for metric in TASK.metrics]


def test_an_error_below_costs_otherwise_than_one_above() -> None:
    low = measured(np.array([10.0]), around(np.array([8.0])))
    high = measured(np.array([8.0]), around(np.array([10.0])))
    assert (low[VALUE], high[VALUE]) == (-1000 * 2 * 3, -1000 * 2 * 1)


def test_the_interval_covers_its_ends() -> None:
    labels = np.array([9.0, 12.0, 8.99, 12.01])
    figures = measured(labels, around(np.full(4, 10.0), below=1, above=2))
    assert (figures["interval_coverage"], figures["interval_width"]) == (0.5, 3)


@pytest.mark.parametrize("coverage", [0.5, 0.8, 0.95])
def test_a_skewed_outcome_is_covered_as_often_as_is_asked(coverage: float) -> None:
    random, task = np.random.default_rng(1), Regression(coverage=coverage)
    labels = random.exponential(5, 20_000)
    raw = np.full((20_000, 1), 5, np.float32)
    decision = task.calibrate(labels[:10_000], raw[:10_000], KPI)
    predictions = task.predictions(raw[10_000:], decision)
    later = labels[10_000:]
    figures = task.figures(task.tally(later, predictions), KPI)
    assert figures["interval_coverage"] == pytest.approx(coverage, abs=0.015)
    missed = (later < predictions[:, 0]).mean(), (later > predictions[:, 2]).mean()
    assert missed == pytest.approx([(1 - coverage) / 2] * 2, abs=0.015)


def test_large_values_that_are_harder_to_predict_are_covered_as_often_as_small_ones() -> None:
    random = np.random.default_rng(1)
    raw = random.uniform(1, 100, (20_000, 1)).astype(np.float32)
    labels = raw[:, 0] + random.normal(0, raw[:, 0])
    decision = TASK.calibrate(labels[:10_000], raw[:10_000], KPI)
    later, (lower, _, upper) = labels[10_000:], TASK.predictions(raw[10_000:], decision).T
    covered = (lower <= later) & (later <= upper)
    width = upper - lower
    small, large = raw[10_000:, 0] < 33, raw[10_000:, 0] > 67
    assert [covered[small].mean(), covered[large].mean()] == pytest.approx([0.8, 0.8], abs=0.06)
    assert width[large].mean() > 2 * width[small].mean()


def test_a_decision_has_as_many_bins_as_rows_and_different_values_allow() -> None:
    labels = np.linspace(-1, 1, 600)
    raw = np.linspace(0, 1, 600, dtype=np.float32).reshape(-1, 1)
    counted = [
        len(TASK.calibrate(labels[:rows], values[:rows], KPI)["below"])
        for rows, values in ((600, raw), (250, raw), (50, raw), (600, raw.round()))
    ]
    assert counted == [5, 2, 1, 2]


@given(st.integers(9, 200), st.integers(0, 2**32 - 1))
@settings(max_examples=50)
def test_the_ends_are_the_residuals_at_the_ranks_of_split_conformal(rows: int, seed: int) -> None:
    residuals = np.random.default_rng(seed).normal(0, 1, rows)
    decision = TASK.calibrate(residuals, np.zeros((rows, 1), np.float32), KPI)
    ordered, rank = sorted(residuals), (rows + 1) // 10
    assert decision["below"] == [max(0, -ordered[rank - 1])]
    assert decision["above"] == [max(0, ordered[rows - rank])]


def test_the_value_lies_within_its_interval_when_all_residuals_are_on_one_side() -> None:
    raw = np.zeros((50, 1), np.float32)
    assert TASK.calibrate(np.linspace(1, 2, 50), raw, KPI)["below"] == [0]
    assert TASK.calibrate(np.linspace(-2, -1, 50), raw, KPI)["above"] == [0]


def test_an_answer_is_the_value_and_the_ends_of_its_interval() -> None:
    answer = TASK.answer(around(np.array([5.0], np.float32)), {})
    assert answer == {"value": [5], "lower": [4], "upper": [7]}
    assert list(answer) == [output.name for output in TASK.outputs]
    assert TASK.outputs[1].meaning == "About 10.0% of outcomes are lower."


def test_two_models_disagree_by_how_far_their_values_are_apart() -> None:
    assert TASK.disagreement(around(np.array([1.0, 2.0])), around(np.array([2.0, 4.0]))) == 1.5


@pytest.mark.parametrize("labels", [[], [0, -3, 7], [0.5, 1e30], np.array([3], np.int8)])
def test_finite_numbers_are_right(labels: Any) -> None:
    assert TASK.wrong_labels(np.array(labels)) == ""


@pytest.mark.parametrize(
    ("labels", "named"),
    [
        ([1.0, math.nan], "not nan"),
        ([math.inf, -math.inf, 2], "not -inf, inf"),
        ([1e39, 1.0], "not 1e+39"),
        (np.array(["late"], object), "not 'late'"),
        ([True], "not True"),
    ],
)
def test_what_is_no_finite_number_is_named(labels: Any, named: str) -> None:
    assert TASK.wrong_labels(np.array(labels)).endswith(named)


@pytest.mark.parametrize("constant", [0, 5.3, -1e6])
def test_an_outcome_that_never_differs_cannot_judge(constant: float) -> None:
    tallies = [TASK.outcomes(np.full(rows, constant)) for rows in (700, 300)]
    reason = TASK.unjudged(tallies[0] + tallies[1])
    assert reason.startswith("the outcome of all 1,000 labelled rows is ")


def test_an_outcome_that_differs_a_little_can_judge() -> None:
    assert TASK.unjudged(TASK.outcomes(np.array([1000.0, 1000.1]))) == ""


def test_too_few_rows_are_counted_and_what_is_needed_is_said() -> None:
    reason = TASK.unjudged(TASK.outcomes(np.arange(19)), minimum=20)
    assert reason == "there are 19 labelled rows, and at least 20 are needed"


@pytest.mark.parametrize("coverage", [0, 0.4, 1, math.nan])
def test_a_share_that_no_interval_can_cover_is_refused(coverage: float) -> None:
    with pytest.raises(ValidationError, match="coverage"):
        Regression(coverage=coverage)
