"""A server that does not come up ends the demo with a sentence and its log."""

import os
from pathlib import Path

import pytest

from slipway.demo import traffic
from slipway.errors import ProjectError


def start(project: Path, log: Path) -> None:
    """Start a server of an environment that has released nothing."""
    with traffic.server("prod", project, dict(os.environ), log):
        pass


def test_one_that_ends_has_said_why_in_its_log(project: Path, tmp_path: Path) -> None:
    log = tmp_path / "serve.log"
    with pytest.raises(ProjectError, match="the server of prod ended before it was ready, see "):
        start(project, log)
    assert "release.yaml" in log.read_text("utf-8")


def test_one_that_is_not_ready_in_time_is_ended(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(traffic, "START_SECONDS", -1)
    with pytest.raises(ProjectError, match="the server of prod was not ready within -1 s, see "):
        start(project, tmp_path / "serve.log")
