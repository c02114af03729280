"""What predicts a number goes the same way: training, gate, release, scores, watch, retraining."""

from concurrent.futures import Future
from typing import Any

import pytest

from tests.e2e.kit.delivery import Delivered
from tests.e2e.kit.loops import SCORED, Loop
from tests.e2e.kit.workflows import STEPS, ran, run_of, said, succeeded


@pytest.fixture(scope="module")
def loop(going: Future[Loop]) -> Loop:
    """Return what the second project's loop has left."""
    return going.result()


def under_way(workflow: dict[str, Any]) -> tuple[str, str]:
    """Return when a workflow began and ended."""
    return workflow["status"]["startedAt"], workflow["status"]["finishedAt"]


def test_two_projects_train_at_the_same_time(
    released: Delivered, trained: str, second: Delivered, loop: Loop
) -> None:
    one = under_way(run_of(released, trained))
    other = under_way(run_of(second, loop.trained))
    assert max(one[0], other[0]) < min(one[1], other[1])


def test_kubeflow_trains_it(loop: Loop) -> None:
    assert succeeded(loop.trained) == STEPS
    assert loop.trained.splitlines()[-1].startswith("late-trains v1, model ")


def test_the_gate_judges_it_by_its_errors(loop: Loop) -> None:
    assert loop.judged.startswith("v1 passed on ")
    assert "mean absolute error" in loop.judged


def test_prod_answers_with_a_number_and_its_interval(second: Delivered, loop: Loop) -> None:
    (answer,) = loop.answers
    assert answer.keys() == {"digest", "value", "lower", "upper"}
    assert answer["lower"] < answer["value"] < answer["upper"]
    assert answer["digest"] == second.release("prod")["model-digest"][:12]


def test_a_person_scores_a_day_and_the_monitor_gets_what_was_scored(
    second: Delivered, loop: Loop
) -> None:
    found = second.scores("prod", SCORED)
    assert found["rows"] > 500
    assert f"has scored {found['rows']:,} rows of the day {SCORED}" in loop.scored
    assert found["columns"][2:] == ["value", "lower", "upper"]
    assert found["model_digest"] == second.release("prod")["model-digest"]
    assert found["captured"] == found["rows"]


def test_a_month_of_large_errors_starts_a_training_that_is_not_shown_to_be_better(
    second: Delivered, loop: Loop
) -> None:
    assert said(loop.watched, "watch")["decision"] == "retrain"
    judged = said(loop.watched, "gate")
    assert (judged["verdict"], judged["version"]) == ("refused", "2")
    assert judged["against-champion"] == "not shown to be better"
    assert not ran(loop.watched, "promote")
    assert second.git("ls-remote", "kind", "main").split()[0] == second.git("rev-parse", "HEAD")
