import numpy as np
import pytest
from sklearn.metrics import brier_score_loss, roc_auc_score

from slipway.errors import ProjectError
from slipway.evaluate import auc, metrics
from slipway.features import Array
from slipway.objectives import Kpi

KPI = Kpi(name="v", unit="USD", saved_per_caught_event=120, cost_per_action=25, capacity=0.1)


def sample(rows: int = 5000, decimals: int = 2) -> tuple[Array, Array, Array]:
    """Return labels, calibrated probabilities with ties, and groups."""
    random = np.random.default_rng(0)
    probabilities = random.beta(1, 3, rows).round(decimals).astype(np.float32)
    labels = (random.random(rows) < probabilities).astype(np.int64)
    return labels, probabilities, random.choice(["EWR", "JFK"], rows)


@pytest.mark.parametrize("decimals", [1, 2, 7])
def test_auc_agrees_with_scikit_learn(decimals: int) -> None:
    labels, probabilities, _ = sample(decimals=decimals)
    assert auc(labels, probabilities) == pytest.approx(roc_auc_score(labels, probabilities))


def test_metrics_agree_with_scikit_learn() -> None:
    labels, probabilities, groups = sample()
    found = metrics(labels, probabilities, groups, KPI)
    assert found.rows == 5000
    assert found.event_rate == pytest.approx(labels.mean())
    assert found.brier == pytest.approx(brier_score_loss(labels, probabilities))
    for group, area in found.group_auc.items():
        rows = groups == group
        assert area == pytest.approx(roc_auc_score(labels[rows], probabilities[rows]))


def test_calibrated_probabilities_have_a_small_calibration_error() -> None:
    labels, probabilities, groups = sample(100_000)
    assert metrics(labels, probabilities, groups, KPI).calibration_error < 0.005


def test_probabilities_that_are_too_high_have_a_large_calibration_error() -> None:
    labels, probabilities, groups = sample(100_000)
    shifted = probabilities * 0.5 + 0.5
    found = metrics(labels, shifted, groups, KPI)
    assert found.calibration_error == pytest.approx(shifted.mean() - labels.mean(), abs=0.01)


def test_value_counts_what_acting_on_the_riskiest_share_brings() -> None:
    labels = np.array([1, 0, 1, 0, 0, 0, 0, 0, 0, 0] * 2)
    probabilities = np.array([0.9, 0.8, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1] * 2)
    found = metrics(labels, probabilities, np.array(["a"] * 20), KPI)
    assert found.threshold == 0.9
    assert found.value_per_1000 == pytest.approx(1000 * (120 * 2 - 25 * 2) / 20)


def test_the_threshold_acts_on_the_share_that_the_team_can_handle() -> None:
    labels, probabilities, groups = sample(decimals=7)
    threshold = metrics(labels, probabilities, groups, KPI).threshold
    assert (probabilities >= threshold).mean() == pytest.approx(KPI.capacity, abs=0.001)


def test_a_group_with_one_outcome_is_left_out() -> None:
    labels = np.array([0, 1, 0, 0])
    found = metrics(labels, np.array([0.1, 0.9, 0.2, 0.3]), np.array(["a", "a", "b", "b"]), KPI)
    assert set(found.group_auc) == {"a"}


@pytest.mark.parametrize("labels", [[], [0, 0], [1, 1]])
def test_labels_with_one_outcome_cannot_be_judged(labels: list[int]) -> None:
    values = np.array(labels, dtype=np.int64)
    with pytest.raises(ProjectError, match="do not hold both outcomes"):
        metrics(values, values.astype(np.float32), values.astype(str), KPI)
