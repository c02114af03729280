"""The runs that failed, as `make status` tells them."""

from pathlib import Path
from typing import Any

import pytest

from slipway.clusters import commands, runs, target


def node(name: str, phase: str = "Failed", ended: str = "2026-11-30T07:00:00Z") -> dict[str, Any]:
    return {"id": name, "displayName": name, "phase": phase, "finishedAt": ended}


def workflow(name: str, phase: str, *nodes: dict[str, Any]) -> dict[str, Any]:
    status = {
        "phase": phase,
        "finishedAt": "2026-11-30T07:01:00Z",
        "nodes": {item["id"]: item for item in nodes},
    }
    return {"metadata": {"name": name}, "status": status}


INGEST = (
    node("executor(0)", ended="2026-11-30T06:59:00Z"),
    node("ingest(0)", ended="2026-11-30T06:59:01Z"),
    node("root", ended="2026-11-30T06:59:02Z"),
    node("training-x1", ended="2026-11-30T06:59:03Z"),
    node("validate", "Omitted"),
)


@pytest.fixture
def listed(project: Path, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Return the workflows of a cluster, which a test fills."""
    found: list[dict[str, Any]] = []
    for room in (runs.ROOM, runs.LOGS):
        (project / room).mkdir(parents=True)
    commands.choose(target.local())
    monkeypatch.setattr(commands, "get", lambda *_: found)
    return found


def test_a_failed_run_is_named_with_its_step_and_the_next_command(
    listed: list[dict[str, Any]],
) -> None:
    listed += [workflow("training-x1", "Failed", *INGEST), workflow("loop-a", "Succeeded")]
    _, head, row, hint = runs.failed()
    assert head.split() == ["FAILED", "RUN", "ENDED", "STEP"]
    assert row.split() == ["training-x1", "2026-11-30T07:01:00Z", "ingest"]
    assert hint.endswith("make logs WHERE=kind RUN=training-x1")


def test_where_no_line_is_kept_a_page_says_where_to_look(
    listed: list[dict[str, Any]], project: Path
) -> None:
    (project / runs.LOGS).rmdir()
    listed.append(workflow("training-x1", "Failed", *INGEST))
    assert "docs/what-happened-to-my-run.md" in runs.failed()[-1]


def test_a_run_that_never_began_a_step_has_none(listed: list[dict[str, Any]]) -> None:
    listed.append(workflow("train-a", "Error", node("train-a"), node("train-a(0)")))
    assert runs.failed()[2].split() == ["train-a", "2026-11-30T07:01:00Z"]


def test_nothing_that_failed_is_no_line(listed: list[dict[str, Any]]) -> None:
    listed.append(workflow("loop-a", "Succeeded"))
    assert runs.failed() == []


def test_a_project_without_workflows_asks_for_none(project: Path) -> None:
    assert not (project / runs.ROOM).exists()
    assert runs.failed() == []
