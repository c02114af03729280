"""A fit that takes long is followed: in MLflow while it learns, and by a line at a terminal."""

import io
import sys
from pathlib import Path
from typing import Any

import pytest

from slipway.registry import tracking
from slipway.settings import settings
from slipway.training import following, local
from slipway.training.following import FAILED, FINISHED, RUNNING, Follower

FIT = "0123456789abcdef"


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every round be handed on."""
    monkeypatch.setattr(following, "EVERY_SECONDS", 0)


def tell(follower: Follower, *rounds: int) -> None:
    for number in rounds:
        follower.tell(number, {"held_out_loss": 1 / number}, f"epoch {number} of 9")


def runs() -> list[Any]:
    with tracking.client() as client:
        experiment = client.get_experiment_by_name("late-parcels-fits")
        return list(client.search_runs([experiment.experiment_id])) if experiment else []


def losses(run: Any) -> dict[int, float]:
    with tracking.client() as client:
        history = client.get_metric_history(run.info.run_id, "held_out_loss")
    return {entry.step: entry.value for entry in history}


@pytest.mark.usefixtures("empty_registry")
def test_the_losses_are_in_mlflow_while_the_fit_goes_on() -> None:
    tell(Follower(FIT, {"epochs": 9}), 1, 2)
    (run,) = runs()
    assert (run.info.status, run.data.params) == (RUNNING, {"epochs": "9"})
    assert losses(run) == {1: 1.0, 2: 0.5}


@pytest.mark.usefixtures("empty_registry")
def test_a_fit_that_goes_on_in_another_process_goes_on_in_its_run() -> None:
    tell(Follower(FIT, {}), 1, 2)
    second = Follower(FIT, {})
    tell(second, 2, 3)
    second.end(FINISHED)
    (run,) = runs()
    assert run.info.status == FINISHED
    assert sorted(losses(run)) == [1, 2, 3]


@pytest.mark.usefixtures("empty_registry")
def test_a_fit_that_is_done_again_has_a_run_of_its_own() -> None:
    for status in (FINISHED, FAILED):
        follower = Follower(FIT, {})
        tell(follower, 1)
        follower.end(status)
    assert sorted(run.info.status for run in runs()) == sorted([FINISHED, FAILED])


def test_a_short_fit_tells_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(following, "EVERY_SECONDS", 3600)
    follower = Follower(FIT, {})
    tell(follower, 1, 2)
    follower.end(FINISHED)
    assert capsys.readouterr().out == ""
    assert not (settings().state / "mlflow.db").exists()


def test_an_mlflow_that_fails_is_told_once_and_ends_no_fit(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:1")
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    settings.cache_clear()
    follower = Follower(FIT, {})
    tell(follower, 1, 2)
    follower.end(FINISHED)
    told = capsys.readouterr()
    assert told.err.count("the fit goes on untold: MLflow at http://127.0.0.1:1 failed") == 1
    assert told.out == ".. epoch 1 of 9\n.. epoch 2 of 9\n"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("shown", "words"),
    [(Terminal(), "epoch 1 of 9"), (io.StringIO(), "")],
    ids=["at a terminal", "in a log of a CI"],
)
def test_an_epoch_is_shown_at_a_terminal_alone(
    shown: io.StringIO, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "__stdout__", shown)
    progress = local.Progress(io.StringIO())
    progress.write("Executing task 'train'\n.. epoch 1 of 9\n")
    assert words in shown.getvalue()
    assert bool(words) == bool(shown.getvalue())
    progress.write("-> 3 epochs\nTask 'train' finished with status SUCCESS\n")
    assert shown.getvalue().endswith("s  3 epochs\n")
