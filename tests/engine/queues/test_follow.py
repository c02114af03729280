"""A step follows its Job: the API's answers in turn, and what the step tells of them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from slipway.errors import ProjectError
from slipway.families import Resources
from slipway.queues import follow, job
from tests.engine.queues.kit import TOO_LARGE, step_pod, told, waiting, with_queue, workload

Object = dict[str, Any]
RUNS = {"spec": {"suspend": False}, "metadata": {"uid": "u"}}
WAITS = {"spec": {"suspend": True}, "metadata": {"uid": "u"}}


def ended(kind: str, message: str = "") -> Object:
    """Return a Job that has ended."""
    condition = {"type": kind, "status": "True", "message": message}
    return RUNS | {"status": {"conditions": [condition]}}


def pod(name: str, phase: str) -> Object:
    return {"metadata": {"name": name}, "status": {"phase": phase}}


class Script:
    """Answers as the API gives them: the Job's states in turn, and lists that stay."""

    def __init__(self, *jobs: Object | None) -> None:
        self.jobs = list(jobs)
        self.workloads: list[Object] = []
        self.pods: list[Object] = []
        self.logs: dict[str, list[str]] = {}
        self.made: list[Object] = []
        self.removed: list[str] = []
        self.kueue = True

    def get(self, _: str, path: str) -> Object | None:
        if path.startswith("pods/"):
            return step_pod()
        if path.startswith("jobs/"):
            return self.jobs.pop(0)
        if path.startswith("workloads") and not self.kueue:
            return None
        return {"items": self.workloads if path.startswith("workloads") else self.pods}

    def create(self, _group: str, _kind: str, item: Object) -> None:
        self.made.append(item)

    def delete(self, _: str, path: str) -> None:
        self.removed.append(path)

    def lines(self, path: str) -> Iterator[str]:
        yield from self.logs.pop(path.split("/")[1], [])


@pytest.fixture
def run(project: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a function that follows the Job of a script."""
    with_queue(project)
    monkeypatch.setenv("KFP_POD_NAME", "step")
    monkeypatch.setattr(follow, "POLL_SECONDS", 0)

    def follow_script(script: Script) -> None:
        monkeypatch.setattr(follow, "Api", lambda: script)
        follow.run("train", "by-hand", {"rows": "s3://b/r"}, Resources())

    return follow_script


def test_a_fit_that_waits_says_why_once_and_ends(
    run: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    script = Script(WAITS, WAITS, RUNS, ended("Complete"))
    script.workloads, script.pods = [workload("a", 200, waiting())], [pod("p", "Succeeded")]
    script.logs = {"p": ["-> 100 trees on 80 rows"]}
    run(script)
    (item,) = script.made
    assert item["metadata"]["labels"] == {
        job.QUEUE: "trainings",
        job.PRIORITY: "training-by-hand",
    }
    assert capsys.readouterr().out.splitlines() == [
        "waits in trainings: the quota is in use, 1 more cpu (shared) needed",
        "-> 100 trees on 80 rows",
    ]
    assert script.removed == ["jobs/train-01234567"]


def test_a_fit_that_made_room_is_followed_in_its_next_pod(
    run: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    script = Script(RUNS, WAITS, RUNS, ended("Complete"))
    script.pods = [pod("first", "Failed"), pod("second", "Succeeded")]
    script.logs = {"first": ["first"], "second": ["second"]}
    run(script)
    assert capsys.readouterr().out.splitlines() == ["first", "second"]


def test_the_reason_of_a_failure_is_the_fits_own(run: Any) -> None:
    script = Script(ended("Failed", "Pod p failed"))
    script.pods, script.logs = [pod("p", "Failed")], {"p": ["error: The rows are too few."]}
    with pytest.raises(ProjectError) as error:
        run(script)
    assert told(error) == "The rows are too few."
    assert script.removed == ["jobs/train-01234567"]


def test_a_failure_without_a_word_is_the_jobs(run: Any) -> None:
    with pytest.raises(ProjectError) as error:
        run(Script(ended("Failed", "Job has reached the specified backoff limit")))
    assert told(error) == "The Job failed: Job has reached the specified backoff limit."


def test_a_fit_that_can_never_begin_is_given_up(run: Any) -> None:
    script = Script(WAITS)
    script.workloads = [workload("a", 200, waiting(TOO_LARGE))]
    with pytest.raises(ProjectError) as error:
        run(script)
    assert told(error).startswith("This training would wait for ever: it asks for 9 cpu")
    assert script.removed == ["jobs/train-01234567"]


def test_a_cluster_without_kueue_is_told_before_a_job_is_made(run: Any) -> None:
    script = Script()
    script.kueue = False
    with pytest.raises(ProjectError) as error:
        run(script)
    assert told(error).startswith("The cluster has no Kueue")
    assert script.made == []


def test_a_job_that_somebody_removed_is_told(run: Any) -> None:
    with pytest.raises(ProjectError) as error:
        run(Script(RUNS, None))
    assert "was removed from its queue" in told(error)


def test_a_reason_is_found_in_a_record_too(run: Any) -> None:
    script = Script(ended("Failed", "Pod p failed"))
    record = '{"time": "now", "level": "error", "event": "The rows are too few."}'
    script.pods, script.logs = [pod("p", "Failed")], {"p": [record]}
    with pytest.raises(ProjectError) as error:
        run(script)
    assert told(error) == "The rows are too few."


@pytest.mark.parametrize("line", ["-> 100 trees", "{}", "[1]", "12", '{"level": "info"}'])
def test_what_is_no_record_is_told_as_it_is(line: str) -> None:
    assert follow.said(line) == line
