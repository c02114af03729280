"""A step fits by itself, or lets a Job do it: the same files either way."""

import json
from inspect import signature
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from slipway import queues
from slipway.queues import programs
from slipway.training import fit_step
from slipway.tune import trial_step
from tests.engine.queues.kit import with_queue


@pytest.mark.parametrize(
    ("queue", "pod", "used"), [(True, True, True), (True, False, False), (False, True, False)]
)
def test_a_fit_waits_in_a_queue_of_the_project_and_in_kubeflow_alone(
    queue: bool, pod: bool, used: bool, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if queue:
        with_queue(project)
    if pod:
        monkeypatch.setenv("KFP_POD_NAME", "step")
    assert queues.used() is used


def test_a_job_leaves_what_the_step_would_have(
    rows_dir: Path,
    fitted_dir: Path,
    tmp_path: Path,
    project: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with_queue(project)
    monkeypatch.setenv("KFP_POD_NAME", "step")
    kept = tmp_path / "store" / "fitted"

    def run(name: str, _: str, **arguments: Any) -> None:
        assert programs.main(name, arguments) == 0

    monkeypatch.setattr(queues, "run", run)
    rows = SimpleNamespace(path="/nowhere", uri=str(rows_dir))
    fitted = SimpleNamespace(path=str(tmp_path / "fitted"), uri=str(kept))
    fit_step.train(rows, fitted, "by-hand")
    names = sorted(path.name for path in fitted_dir.iterdir())
    assert sorted(path.name for path in (tmp_path / "fitted").iterdir()) == names
    assert len(names) >= 4
    for name in names:
        assert (tmp_path / "fitted" / name).read_bytes() == (fitted_dir / name).read_bytes()


def test_a_trial_waits_behind_every_training_with_what_its_program_takes(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_queue(project)
    monkeypatch.setenv("KFP_POD_NAME", "step")
    asked: list[tuple[str, str, dict[str, Any]]] = []
    monkeypatch.setattr(
        queues, "run", lambda name, urgent, **rest: asked.append((name, urgent, rest))
    )
    rows = SimpleNamespace(path="/nowhere", uri="s3://b/rows")
    trial_step.attempt("2024-05-01", 3, rows)
    ((name, priority, arguments),) = asked
    assert queues.PRIORITIES.index(priority) == len(queues.PRIORITIES) - 1
    signature(programs.PROGRAMS[name]).bind(**json.loads(json.dumps(arguments)))


def test_a_program_that_fails_says_why_in_its_last_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = {"rows": str(tmp_path / "rows"), "fitted": str(tmp_path / "fitted")}
    assert programs.main("train", arguments) == 1
    assert capsys.readouterr().err.splitlines()[-1].startswith("error: ")
