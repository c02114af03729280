"""The workflow scores a day of the source with what prod has released, and only once."""

import pytest

from tests.e2e.kit.delivery import Delivered
from tests.e2e.kit.workflows import run, runs

DAY = "2013-05-02"  # in a month that no other test looks at


@pytest.fixture(scope="module", autouse=True)
def scored(released: Delivered) -> None:
    """Score a day as the workflow of every night would."""
    run(released, "score", env="prod", day=DAY)


def test_a_day_has_the_scores_of_the_model_of_prod(released: Delivered) -> None:
    found = released.scores("prod", DAY)
    assert found["rows"] > 500
    assert found["columns"][2:] == ["probability", "act"]
    assert found["model_digest"] == released.release("prod")["model-digest"]


def test_what_was_scored_is_captured_for_the_monitor(released: Delivered) -> None:
    found = released.scores("prod", DAY)
    assert found["captured"] == found["rows"]


def test_a_second_time_nothing_is_done(released: Delivered) -> None:
    before = len(runs(released))
    assert "nothing is done twice" in released.make("score", f"DAY={DAY}")
    assert len(runs(released)) == before


def test_no_day_is_scored_at_night_before_somebody_wants_it(released: Delivered) -> None:
    found = released.get("cronworkflows.argoproj.io", "pipelines", "score")
    assert found["spec"]["suspend"] is True
