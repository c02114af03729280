"""In a cluster the trials are pods side by side, and what comes of them is as on this machine."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from slipway import cli, command
from slipway.families.boosting import Boosting
from slipway.settings import settings
from slipway.training import steps as training
from slipway.tune import steps, tracking
from tests.engine.kubeflow import Kubeflow, Run, running

from .kit import numbers

IMAGE = "registry.example.com/team/pipeline:0123456789ab"


def pods(as_of: str, trials: int) -> None:
    """Do what the pods of the newest run do, one after the other."""
    day, run = date.fromisoformat(as_of), f"r{len(Kubeflow.runs)}"
    data, rows = (settings().state / "pods" / name for name in ("data", "rows"))
    training.ingest(day, data)
    training.validate(day, data, rows)
    for number in steps.begin(day, rows, trials, run):
        steps.attempt(day, rows, number)


@pytest.fixture
def runs(product: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Run]]:
    """Return the runs of a Kubeflow whose pods do what the steps do."""
    monkeypatch.setenv("PIPELINE_IMAGE", IMAGE)
    settings.cache_clear()
    with running() as address:
        monkeypatch.setenv("KFP_ADDRESS", address)
        monkeypatch.setattr(Kubeflow, "step", staticmethod(pods))
        yield Kubeflow.runs


def tune(*words: str) -> int:
    return cli.main(["tune", "--submit", "--as-of", "2024-05-01", *words])


def refused(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert tune(*words) == 1
    (line,) = capsys.readouterr().err.splitlines()
    return line


def test_the_best_trial_of_the_pods_is_committed_here(
    runs: list[Run], product: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert tune("--trials", "3", "--commit") == 0
    (run,) = runs
    assert run["runtime_config"]["parameters"] == {"as_of": "2024-05-01", "trials": 3}
    assert run["display_name"] == "as of 2024-05-01, 3 trials, image 0123456789ab"
    record = tracking.of_pipeline("r1")
    assert sorted(record.trials) == [1, 2, 3]
    best = max(record.trials.values(), key=lambda trial: trial.quality)
    subject = command.output(["git", "log", "-1", "--format=%s"], product)
    assert subject == f"feat(model): parameters of trial {best.number}\n"
    told = (product / "src" / "parcels" / "model.py").read_text()
    assert f"num_leaves={best.parameters['num_leaves']}," in told
    assert "trial 1" in capsys.readouterr().out


def test_another_run_does_the_trials_that_are_missing(
    runs: list[Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert tune("--trials", "2") == 0
    fit, calls = Boosting.fit, list[Any]()

    def counted(*given: Any) -> str:
        calls.append(given)
        return fit(*given)

    monkeypatch.setattr(Boosting, "fit", counted)
    assert tune("--trials", "3") == 0
    assert len(calls) == 3 * 2  # the folds for what model.py says, and for the third trial
    assert numbers() == [1, 2, 3]


def test_a_trial_that_has_ended_is_not_done_again(runs: list[Run], product: Path) -> None:
    assert tune("--trials", "1") == 0
    before = tracking.of_pipeline("r1").trials
    steps.attempt(date(2024, 5, 1), product / "var" / "pods" / "rows", 1)
    assert tracking.of_pipeline("r1").trials == before


def test_this_machine_goes_on_with_the_search_of_the_pods(
    runs: list[Run], capsys: pytest.CaptureFixture[str]
) -> None:
    assert tune("--trials", "1") == 0
    assert cli.main(["tune", "--as-of", "2024-05-01", "--trials", "2"]) == 0
    assert "trial 2 of 2" in capsys.readouterr().out
    assert numbers() == [1, 2]


def test_more_trials_than_a_run_holds_are_one_sentence(
    runs: list[Run], capsys: pytest.CaptureFixture[str]
) -> None:
    told = refused(capsys, "--trials", "201")
    assert "201 trials are more than one run in a cluster can hold: write 200 at most" in told
    assert runs == []


def test_a_family_without_a_space_never_reaches_the_cluster(
    runs: list[Run], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("parcels.model.MODEL", Boosting(space={}))
    assert "has no space to search" in refused(capsys)
    assert runs == []


def test_without_a_kubeflow_it_is_a_sentence(
    product: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("KFP_ADDRESS", raising=False)
    assert "KFP_ADDRESS names no cluster" in refused(capsys)


def test_a_search_that_somebody_has_removed_is_a_sentence(
    runs: list[Run], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(Kubeflow, "step", None)
    assert "has no search of run r1 any more" in refused(capsys, "--trials", "1")
