"""The alerts fire when they should and keep quiet when they should."""

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from tests.kit.project import Project


def promtool(project: Project, *arguments: str) -> subprocess.CompletedProcess[str]:
    program = shutil.which("promtool")
    assert program, "promtool is missing: install the package prometheus."
    room = project.path / "serving/monitoring"
    return subprocess.run([program, *arguments], cwd=room, capture_output=True, text=True)


def test_the_rules_do_what_their_tests_say(
    standard: Project, count: Callable[[str, int, int], None]
) -> None:
    done = promtool(standard, "test", "rules", "alerts.test.yaml")
    assert done.returncode == 0, done.stdout + done.stderr
    cases = (standard.path / "serving/monitoring/alerts.test.yaml").read_text("utf-8")
    count("promtool", cases.count("eval_time"), 10)


def test_a_threshold_that_is_off_is_noticed(standard: Project, tmp_path: Path) -> None:
    project = standard.copy(tmp_path / "project")
    path = project.path / "serving/monitoring/alerts.yaml"
    text = path.read_text("utf-8")
    path.write_text(re.sub(r"14\.4", "144", text), "utf-8")
    assert promtool(project, "test", "rules", "alerts.test.yaml").returncode == 1
