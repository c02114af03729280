"""A day of the source is scored in the cluster with what prod has released, and only once."""

import json
import time
from typing import Any

import pytest

from tests.e2e.kit.delivery import Delivered, Measured
from tests.e2e.kit.workflows import run, trainings

DAY, NEXT = "2013-05-02", "2013-05-03"  # in a month that no other test looks at


def about(project: Delivered, day: str) -> dict[str, Any]:
    """Return what is in the bucket about a day that prod's model has scored."""
    found: dict[str, Any] = json.loads(project.asked("scores", "prod", day).splitlines()[-1])
    return found


@pytest.fixture(scope="module")
def scored(released: Delivered, measured: Measured) -> str:
    """Score a day as a person would; return what the command printed."""
    started = time.monotonic()
    printed = released.make("score", f"DAY={DAY}")
    measured("scoring a day in Kubeflow", time.monotonic() - started)
    return printed


def test_a_day_has_the_scores_of_the_model_of_prod(released: Delivered, scored: str) -> None:
    found = about(released, DAY)
    assert found["rows"] > 500
    assert f"has scored {found['rows']:,} rows of the day {DAY}" in scored
    assert found["columns"][2:] == ["probability", "act"]
    assert found["model_digest"] == released.release("prod")["model-digest"]


def test_what_was_scored_is_captured_for_the_monitor(released: Delivered, scored: str) -> None:
    found = about(released, DAY)
    assert found["captured"] == found["rows"]


def test_a_second_time_nothing_is_done(released: Delivered, scored: str) -> None:
    before = trainings(released)
    assert "nothing is done twice" in released.make("score", f"DAY={DAY}")
    assert trainings(released) == before


def test_the_workflow_scores_a_day_too(released: Delivered) -> None:
    run(released, "score", env="prod", day=NEXT)
    assert about(released, NEXT)["rows"] > 500


def test_no_day_is_scored_at_night_before_somebody_wants_it(released: Delivered) -> None:
    found = released.get("cronworkflows.argoproj.io", "pipelines", "score")
    assert found["spec"]["suspend"] is True
