"""Tuning asks nobody which task it is: a number and classes are tried as yes or no is."""

import math

import pytest

from slipway.families.boosting import Boosting
from slipway.objectives import objectives
from slipway.tune import folds, judging
from slipway.tune.trials import Trial, badness
from tests.engine.toys.kit import APRIL


def trees_of(number: int) -> Boosting:
    return Boosting(num_iterations=number, learning_rate=0.15, min_child_samples=20)


@pytest.fixture
def qualities() -> list[float]:
    """Return the mean quality of a model of one tree, and of one of forty."""
    made, _ = folds.prepare(APRIL)
    trials = [
        Trial(number, {}, judging.judge(trees_of(trees), made))
        for number, trees in enumerate((1, 40))
    ]
    assert all(len(trial.folds) == folds.FOLDS for trial in trials)
    return [badness(trial) for trial in trials]


def test_a_model_that_learned_more_is_the_better_trial(qualities: list[float]) -> None:
    few, many = qualities
    assert math.isfinite(few)
    assert many < few, objectives().quality
