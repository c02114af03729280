"""The alerts fire when they should and keep quiet when they should."""

import json
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.kit.gates import Findings
from tests.kit.project import Project, Renderer

ROOMS = {  # and how many cases promtool has to see
    "components/monitoring": 5,
    "components/serving/monitoring": 10,
    "components/workflows/monitoring": 20,
    "components/queues/monitoring": 3,
    "components/telemetry/monitoring": 3,
}
SEVERITIES = {"page", "ticket"}
ANNOTATIONS = {"dashboard_url", "description", "runbook_url", "summary"}


@pytest.fixture(scope="module")
def whole(render: Renderer) -> Project:
    """A project with every room that has alerts."""
    return render({"queues": True, "telemetry": True})


def alerts(directory: Path) -> Iterator[dict[str, Any]]:
    """Yield every alert of a project."""
    for room in filter(lambda room: (directory / room).is_dir(), ROOMS):
        content = yaml.safe_load((directory / room / "alerts.yaml").read_text("utf-8"))
        rules = (rule for group in content["groups"] for rule in group["rules"])
        yield from (rule for rule in rules if "alert" in rule)


def complete(directory: Path) -> Findings:
    """Every alert says how bad it is, whose it is, what it means and where to look."""
    shown = {json.loads(path.read_text())["uid"] for path in directory.rglob("dashboard.json")}
    owner = yaml.safe_load((directory / "objectives.yaml").read_text("utf-8"))["owner"]["team"]
    findings = Findings()
    for alert in alerts(directory):
        name, labels, notes = alert["alert"], alert["labels"], alert["annotations"]
        allowed = {"heartbeat"} if name == "Watchdog" else SEVERITIES
        link = re.search(r"\}/d/([\w-]+)", notes.get("dashboard_url", ""))
        page = notes.get("runbook_url", "").partition("/blob/main/")[2]
        findings.add(
            [f"{name}: severity {labels.get('severity')}"] * (labels.get("severity") not in allowed)
            + [f"{name}: is not of {owner}"] * (labels.get("owner") != owner)
            + [f"{name}: lacks {lack}" for lack in sorted(ANNOTATIONS - notes.keys())]
            + [f"{name}: links to no dashboard"] * (not link or link[1] not in shown)
            + [f"{name}: has no runbook"] * (not (directory / page).is_file())
        )
    return findings


def promtool(project: Project, room: str) -> subprocess.CompletedProcess[str]:
    program = shutil.which("promtool")
    assert program, "promtool is missing: install the package prometheus."
    command = [program, "test", "rules", "alerts.test.yaml"]
    return subprocess.run(command, cwd=project.path / room, capture_output=True, text=True)


@pytest.mark.parametrize("room", ROOMS)
def test_the_rules_do_what_their_tests_say(
    room: str, whole: Project, count: Callable[[str, int, int], None]
) -> None:
    done = promtool(whole, room)
    assert done.returncode == 0, done.stdout + done.stderr
    cases = (whole.path / room / "alerts.test.yaml").read_text("utf-8")
    count(f"promtool {room}", cases.count("eval_time"), ROOMS[room])


def test_every_alert_is_complete(
    whole: Project, passes: Callable[[str, Findings, int], None]
) -> None:
    passes("complete alerts", complete(whole.path), 15)


@pytest.mark.parametrize(
    ("right", "wrong", "problem"),
    [
        ("severity: page", "severity: red", "ServingErrorBudgetBurnsFast: severity red"),
        ("owner: Flight Operations", "owner: me", "ServingErrorBudgetBurnsFast: is not of "),
        ("description:", "details:", "ServingErrorBudgetBurnsFast: lacks description"),
        ("-service?", "-servise?", "ServingErrorBudgetBurnsFast: links to no dashboard"),
        ("runbooks/Serving", "runbook/Serving", "ServingErrorBudgetBurnsFast: has no runbook"),
    ],
)
def test_an_alert_that_lacks_something_is_found(
    right: str, wrong: str, problem: str, standard: Project, tmp_path: Path
) -> None:
    project = standard.copy(tmp_path / "project").path
    path = project / "components/serving/monitoring/alerts.yaml"
    text = path.read_text("utf-8").replace('"Flight Operations"', "Flight Operations")
    assert right in text
    path.write_text(text.replace(right, wrong, 1), "utf-8")
    (found,) = complete(project).problems
    assert found.startswith(problem)


@pytest.mark.parametrize(
    ("room", "right", "wrong"),
    [
        ("components/serving/monitoring", r"14\.4", "144"),
        ("components/workflows/monitoring", ">= 3", ">= 4"),
        ("components/queues/monitoring", "6h", "7h"),
        ("components/telemetry/monitoring", "< 0.1", "< 0.01"),
    ],
)
def test_a_threshold_that_is_off_is_noticed(
    room: str, right: str, wrong: str, whole: Project, tmp_path: Path
) -> None:
    project = whole.copy(tmp_path / "project")
    path = project.path / room / "alerts.yaml"
    path.write_text(re.sub(right, wrong, path.read_text("utf-8")), "utf-8")
    assert promtool(project, room).returncode == 1
