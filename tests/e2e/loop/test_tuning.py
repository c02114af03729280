"""Trials run side by side in Kubeflow, as many as the values of the cluster say, each once."""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.e2e.kit.delivery import Delivered, Measured
from tests.e2e.kit.workflows import run_of

TUNE = ("tune", "TRIALS=4", "AS_OF=2013-03-01")  # two rounds of two, on the rows of few days
SIDE_BY_SIDE = 2  # in clusters/kind/values.yaml


@pytest.fixture(scope="module")
def tuned(released: Delivered, measured: Measured) -> Iterator[str]:
    """Tune in the cluster; yield what the command printed, and put model.py back."""
    started = time.monotonic()
    printed = released.make(*TUNE)
    measured("four trials in Kubeflow, two side by side", time.monotonic() - started)
    yield printed
    released.git("checkout", "--quiet", "--", "src")


def recorded(project: Delivered) -> dict[str, Any]:
    """Return the searches and trials that MLflow has."""
    found: dict[str, Any] = json.loads(project.asked("trials", project.name).splitlines()[-1])
    return found


def test_every_trial_is_a_run_below_the_one_of_the_search(released: Delivered, tuned: str) -> None:
    found = recorded(released)
    (search,) = found["searches"]
    assert sorted(trial["number"] for trial in found["trials"]) == ["1", "2", "3", "4"]
    for trial in found["trials"]:
        assert (trial["parent"], trial["status"]) == (search, "FINISHED")
        assert trial["metrics"] == ["auc", "fold_1", "fold_2", "fold_3"]


def test_no_more_trials_run_side_by_side_than_the_values_say(
    released: Delivered, tuned: str
) -> None:
    workflow = run_of(released, tuned)
    bounds = [it["parallelism"] for it in workflow["spec"]["templates"] if "parallelism" in it]
    assert bounds == [SIDE_BY_SIDE]
    nodes = workflow["status"]["nodes"].values()
    trials = [node for node in nodes if node["displayName"] == "trial"]
    assert [node["phase"] for node in trials] == ["Succeeded"] * 4
    for node in trials:  # whoever runs when one begins
        assert (
            sum(it["startedAt"] <= node["startedAt"] < it["finishedAt"] for it in trials)
            <= SIDE_BY_SIDE
        )


def test_the_best_is_a_difference_here_and_nothing_is_released(
    released: Delivered, tuned: str
) -> None:
    assert sum(line.startswith("trial ") for line in tuned.splitlines()) >= 4
    stays = "No trial was better than model.py" in tuned
    changed = released.git("status", "--porcelain")
    assert changed == ("" if stays else f"M src/{released.name.replace('-', '_')}/model.py")


def test_the_same_command_again_tries_nothing(released: Delivered, tuned: str) -> None:
    before = recorded(released)
    again = released.make(*TUNE)
    assert "SUCCEEDED" in again
    assert recorded(released) == before
    nodes = run_of(released, again)["status"]["nodes"].values()
    assert not [node for node in nodes if node["displayName"] == "trial"]
