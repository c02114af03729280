"""The alerts fire when they should and keep quiet when they should."""

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.kit.project import Project

ROOMS = ["components/serving/monitoring", "components/workflows/monitoring"]


def promtool(project: Project, room: str) -> subprocess.CompletedProcess[str]:
    program = shutil.which("promtool")
    assert program, "promtool is missing: install the package prometheus."
    command = [program, "test", "rules", "alerts.test.yaml"]
    return subprocess.run(command, cwd=project.path / room, capture_output=True, text=True)


@pytest.mark.parametrize("room", ROOMS)
def test_the_rules_do_what_their_tests_say(
    room: str, standard: Project, count: Callable[[str, int, int], None]
) -> None:
    done = promtool(standard, room)
    assert done.returncode == 0, done.stdout + done.stderr
    cases = (standard.path / room / "alerts.test.yaml").read_text("utf-8")
    count(f"promtool {room}", cases.count("eval_time"), 10)


@pytest.mark.parametrize(
    ("room", "right", "wrong"),
    [
        ("components/serving/monitoring", r"14\.4", "144"),
        ("components/workflows/monitoring", ">= 3", ">= 4"),
    ],
)
def test_a_threshold_that_is_off_is_noticed(
    room: str, right: str, wrong: str, standard: Project, tmp_path: Path
) -> None:
    project = standard.copy(tmp_path / "project")
    path = project.path / room / "alerts.yaml"
    path.write_text(re.sub(right, wrong, path.read_text("utf-8")), "utf-8")
    assert promtool(project, room).returncode == 1
