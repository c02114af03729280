"""Every metric that alerts, rules, dashboards and scaling ask for is one that something tells."""

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from hooks.template import ROOT
from tests.kit.metrics_page import LISTED, PAGE, fresh
from tests.kit.project import Project, Renderer, answers_of
from tests.kit.venv import link_venv, make

Count = Callable[[str, int, int], None]
SAID = re.compile(r"build/metrics\.md: (\d+) metrics, asked for by (\d+) queries\.")
FLOORS = {  # metrics and queries that a scenario has at least
    "standard": (65, 90),
    "multiclass": (65, 90),
    "regression": (65, 90),
    "without-workflows": (60, 70),
    "minimal": (30, 0),
}


def listed(project: Project, directory: Path) -> str:
    """Return what `make metrics` says in a copy of a project."""
    path = project.copy(directory / "project").path
    link_venv(path)
    ended = make(path, "metrics")
    assert ended.returncode == 0, ended.stdout
    return ended.stdout


def counted(said: str) -> tuple[int, int]:
    found = SAID.search(said)
    assert found, said
    return int(found[1]), int(found[2])


@pytest.mark.parametrize("scenario", FLOORS)
def test_nothing_is_asked_for_that_nothing_tells(
    scenario: str, render: Renderer, tmp_path: Path, count: Count
) -> None:
    said = listed(render(answers_of(ROOT / f"tests/scenarios/{scenario}.yml")), tmp_path)
    assert "warning" not in said
    metrics, queries = counted(said)
    count("metrics that are told", metrics, FLOORS[scenario][0])
    count("queries of known metrics", queries, FLOORS[scenario][1])


def test_the_page_of_a_project_with_all_its_rooms_is_fresh(
    render: Renderer, tmp_path: Path
) -> None:
    project = render(LISTED)
    assert PAGE.read_text("utf-8") == fresh(project, tmp_path), "run `make docs`"


@pytest.mark.parametrize(
    ("file", "right", "wrong"),
    [
        ("components/monitoring/dashboard.json", "model_info", "model_information"),
        ("components/serving/monitoring/alerts.yaml", "http_requests_total", "http_request_total"),
        ("components/workflows/monitoring/metrics-watch.yaml", "model_refusals", "model_refused"),
    ],
)
def test_a_name_that_is_not_told_is_found(
    file: str, right: str, wrong: str, standard: Project, tmp_path: Path
) -> None:
    planted = standard.copy(tmp_path / "planted")
    text = (planted.path / file).read_text("utf-8")
    assert right in text
    (planted.path / file).write_text(text.replace(right, wrong), "utf-8")
    said = listed(planted, tmp_path)
    assert "warning: components/" in said


def test_make_metrics_is_the_command_of_the_page(standard: Project) -> None:
    command = ["make", "--dry-run", "metrics"]
    said = subprocess.run(command, cwd=standard.path, capture_output=True, text=True, check=True)
    assert ".venv/bin/slipway metrics" in said.stdout
