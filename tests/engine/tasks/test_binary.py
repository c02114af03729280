"""Yes or no: the figures agree with scikit-learn, and labels of another kind are named."""

from typing import Any

import numpy as np
import pytest
from sklearn.metrics import brier_score_loss, roc_auc_score

from slipway.tasks import Array
from slipway.tasks.binary import Binary, Kpi

TASK = Binary()
KPI = Kpi(name="v", unit="EUR", saved_per_caught_event=120, cost_per_action=25, capacity=0.1)


def sample(rows: int = 5000, decimals: int = 2) -> tuple[Array, Array]:
    """Return labels and calibrated probabilities with ties."""
    random = np.random.default_rng(0)
    probabilities = random.beta(1, 3, rows).round(decimals).astype(np.float32)
    labels = (random.random(rows) < probabilities).astype(np.int64)
    return labels, probabilities


def decision(probabilities: Array) -> dict[str, Any]:
    raw = np.column_stack([1 - probabilities, probabilities])
    return TASK.calibrate(np.zeros(len(raw)), raw, KPI)


def measured(labels: Array, probabilities: Array) -> dict[str, float]:
    return TASK.figures(TASK.tally(labels, probabilities), KPI)


def test_the_figures_agree_with_scikit_learn() -> None:
    labels, probabilities = sample()
    figures = measured(labels, probabilities)
    assert figures["auc"] == pytest.approx(roc_auc_score(labels, probabilities), abs=1e-4)
    assert figures["event_rate"] == pytest.approx(labels.mean())
    assert figures["brier"] == pytest.approx(brier_score_loss(labels, probabilities))


def test_there_is_a_figure_for_each_metric() -> None:
    assert list(measured(*sample())) == [metric.name for metric in TASK.metrics]


def test_calibrated_probabilities_have_a_small_calibration_error() -> None:
    assert measured(*sample(100_000))["calibration_error"] < 0.005


def test_probabilities_that_are_too_high_have_a_large_calibration_error() -> None:
    labels, probabilities = sample(100_000)
    shifted = probabilities * 0.5 + 0.5
    error = measured(labels, shifted)["calibration_error"]
    assert error == pytest.approx(shifted.mean() - labels.mean(), abs=0.01)


def test_value_counts_what_acting_on_the_riskiest_share_brings() -> None:
    labels = np.array([1, 0, 1, 0, 0, 0, 0, 0, 0, 0] * 2)
    probabilities = np.array([0.9, 0.8, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1] * 2)
    assert decision(probabilities) == {"threshold": 0.9}
    value = measured(labels, probabilities)["value_per_1000"]
    assert value == pytest.approx(1000 * (120 * 2 - 25 * 2) / 20)


def test_of_rows_that_look_alike_the_share_that_can_be_handled_is_acted_on() -> None:
    labels = np.arange(100) % 2
    value = measured(labels, np.full(100, 0.5))["value_per_1000"]
    assert value == pytest.approx(1000 * (120 * 5 - 25 * 10) / 100)


def test_the_threshold_acts_on_the_share_that_the_team_can_handle() -> None:
    _, probabilities = sample(decimals=7)
    threshold = decision(probabilities)["threshold"]
    assert (probabilities >= threshold).mean() == pytest.approx(KPI.capacity, abs=0.001)


def test_an_answer_acts_from_the_threshold_on() -> None:
    answer = TASK.answer(np.array([0.25, 0.5, 0.75], np.float32), {"threshold": 0.5})
    assert answer == {"probability": [0.25, 0.5, 0.75], "act": [False, True, True]}
    assert list(answer) == [output.name for output in TASK.outputs]


def test_the_prediction_is_the_probability_of_the_event() -> None:
    raw = np.array([[0.75, 0.25], [0.125, 0.875]], np.float32)
    assert TASK.predictions(raw, {}).tolist() == [0.25, 0.875]


@pytest.mark.parametrize("shift", [0.0, 0.25])
def test_two_models_disagree_by_how_far_their_probabilities_are_apart(shift: float) -> None:
    probabilities = np.array([0.25, 0.5, 0.75], np.float32)
    assert TASK.disagreement(probabilities, probabilities - np.float32(shift)) == shift


@pytest.mark.parametrize("labels", [[], [0, 1, 1], [False, True]])
def test_labels_of_yes_and_no_are_right(labels: list[int]) -> None:
    assert TASK.wrong_labels(np.array(labels)) == ""


@pytest.mark.parametrize(
    ("labels", "named"),
    [([0, 1, 2], "not 2"), ([7, -1, 0, 7], "not -1, 7"), ([0.5, 1.0], "not 0.5")],
)
def test_labels_that_are_neither_0_nor_1_are_named(labels: list[float], named: str) -> None:
    assert TASK.wrong_labels(np.array(labels)).endswith(named)


def test_of_many_wrong_labels_five_are_named() -> None:
    assert TASK.wrong_labels(np.arange(100)).endswith("not 2, 3, 4, 5, 6, ...")


@pytest.mark.parametrize(
    ("labels", "held"),
    [
        ([], "0 labelled rows hold 0 events and 0 others"),
        ([0, 0], "2 labelled rows hold 0 events and 2 others"),
        ([1, 1], "2 labelled rows hold 2 events and 0 others"),
    ],
)
def test_labels_that_lack_an_outcome_cannot_judge(labels: list[int], held: str) -> None:
    reason = TASK.unjudged(TASK.outcomes(np.array(labels, np.int64)))
    assert reason.startswith(f"the {held}, and at least 1 of each must be there")


@pytest.mark.parametrize("events", [49, 950, 951])
def test_too_few_of_an_outcome_are_counted_and_what_is_needed_is_said(events: int) -> None:
    labels = (np.arange(1000) < events).astype(np.int8)
    reason = TASK.unjudged(TASK.outcomes(labels), minimum=51)
    assert f"hold {events} events and {1000 - events} others, and at least 51 of each" in reason


def test_enough_of_both_outcomes_can_judge() -> None:
    labels = (np.arange(1000) < 950).astype(np.int8)
    assert TASK.unjudged(TASK.outcomes(labels), minimum=50) == ""


def test_labels_with_both_outcomes_can_judge() -> None:
    assert TASK.unjudged(TASK.outcomes(np.array([0, 1, 0]))) == ""
