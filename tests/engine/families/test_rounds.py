"""A fit whose process was ended goes on with its last booster, and ends in the same model."""

from pathlib import Path
from typing import Any

import pytest

from slipway.errors import ProjectError
from slipway.families.boosting import Boosting, booster
from tests.engine.families.kit import (
    LOSSES,
    InterruptedFitError,
    Kept,
    interrupted,
    keeps_unasked,
    rows,
    taught_again,
    whole,
)

ROUNDS = 20
PARAMETERS: dict[str, Any] = {"num_iterations": ROUNDS, "min_child_samples": 20}


@pytest.mark.parametrize("after", [(1,), (7, 6), (19,), (3, 1, 1, 9)])
@pytest.mark.parametrize("loss", LOSSES)
def test_a_fit_that_was_interrupted_ends_in_the_same_model(
    loss: str, after: tuple[int, ...], tmp_path: Path
) -> None:
    family, data = Boosting(**PARAMETERS), rows(loss)
    assert interrupted(family, data, tmp_path, *after) == whole(family, data, tmp_path)


def test_every_tenth_round_is_told_also_by_a_fit_that_goes_on(tmp_path: Path) -> None:
    family, data = Boosting(**PARAMETERS), rows("log_loss")
    first = Kept(after=13)
    with pytest.raises(InterruptedFitError):
        family.resume(data, tmp_path, first)
    second = Kept(first.state)
    family.resume(data, tmp_path, second)
    assert (list(first.told), list(second.told)) == ([10], [20])
    assert second.told[20].startswith("round 20 of 20, training binary logloss 0.")


@pytest.mark.parametrize(
    "drawn",
    [{"feature_fraction": 0.5}, {"feature_fraction_bynode": 0.5}, {"extra_trees": True}],
    ids=str,
)
def test_what_is_drawn_at_random_is_drawn_again(drawn: dict[str, Any], tmp_path: Path) -> None:
    family, data = Boosting(**PARAMETERS, **drawn), rows("log_loss")
    assert interrupted(family, data, tmp_path, 5, 8) == whole(family, data, tmp_path)
    assert whole(family, data, tmp_path) != whole(Boosting(**PARAMETERS), data, tmp_path)


def test_every_round_draws_other_features(tmp_path: Path) -> None:
    family = Boosting(**PARAMETERS, num_leaves=2, feature_fraction=0.2)
    family.fit(rows("log_loss"), tmp_path)
    fitted = booster.load((tmp_path / "booster.txt").read_text())
    assert len({tree["tree_structure"]["split_feature"] for tree in trees(fitted)}) > 3


def trees(fitted: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = fitted.dump_model()["tree_info"]
    return found


@pytest.mark.parametrize(
    "drawn",
    [
        {"bagging_fraction": 0.5, "bagging_freq": 1},
        {"subsample": 0.5, "subsample_freq": 2},
        {"data_sample_strategy": "goss"},
        {"boosting": "dart"},
        {"use_quantized_grad": True},
    ],
    ids=str,
)
def test_a_fit_that_could_not_go_on_in_the_same_way_keeps_nothing(
    drawn: dict[str, Any], tmp_path: Path
) -> None:
    kept = Kept()
    Boosting(**PARAMETERS, **drawn).resume(rows("log_loss"), tmp_path, kept)
    assert kept.state == b""


def test_a_state_of_the_last_round_is_the_model(tmp_path: Path) -> None:
    assert not taught_again(Boosting(**PARAMETERS), rows("log_loss"), tmp_path)


def test_a_state_is_kept_only_when_it_is_due(tmp_path: Path) -> None:
    assert not keeps_unasked(Boosting(**PARAMETERS), rows("log_loss"), tmp_path)


@pytest.mark.parametrize("wrong", [{"num_iterations": "many"}, {"seed": 0.5}], ids=str)
def test_a_number_of_rounds_or_a_seed_that_is_none_is_told(
    wrong: dict[str, Any], tmp_path: Path
) -> None:
    (name,) = wrong
    with pytest.raises(ProjectError, match=f"Correct {name} in model.py: .* no whole number"):
        Boosting(**PARAMETERS | wrong).fit(rows("log_loss"), tmp_path)
