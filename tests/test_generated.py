"""A generated project passes its own checks and its own tests, as its users run them."""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.kit.agreement import targets_of
from tests.kit.project import Project
from tests.kit.versions import commit

Count = Callable[[str, int, int], None]

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "slipway/venvs"


def make(project: Path, target: str) -> subprocess.CompletedProcess[str]:
    """Run a target of the project as a user who has not told Git a name."""
    private = ("PYTEST", "GIT_AUTHOR", "GIT_COMMITTER", "COPIER_", "VIRTUAL_ENV", "MAKE")
    clean = {name: text for name, text in os.environ.items() if not name.startswith(private)}
    command = ["make", "--no-print-directory", target]
    return subprocess.run(
        command,
        cwd=project,
        env=clean,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def link_venv(project: Path) -> None:
    """Share one environment between all projects with the same locked dependencies."""
    locks = [project / "requirements/uv.txt", project / "requirements/dev.txt"]
    key = hashlib.sha256(sys.version.encode() + b"".join(path.read_bytes() for path in locks))
    home = CACHE / key.hexdigest()[:16]
    home.mkdir(parents=True, exist_ok=True)
    with home.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (home / ".venv/ready").exists():
            shutil.copytree(project, home, dirs_exist_ok=True)
            result = make(home, "setup")
            assert result.returncode == 0, result.stdout
        for made in ("bin/uv", "ready"):  # newer than this project's requirements, for make
            (home / ".venv" / made).touch()
    (project / ".venv").symlink_to(home / ".venv")


@pytest.fixture
def project(standard: Project, tmp_path: Path) -> Path:
    """A project in a repository of its own, with its dependencies installed."""
    path = standard.copy(tmp_path / "flight-delays").path
    commit(path, "chore: start from the template")
    link_venv(path)
    return path


def test_a_project_passes_its_own_tests(project: Path, count: Count) -> None:
    result = make(project, "test")
    assert result.returncode == 0, result.stdout[-20_000:]
    closing = result.stdout.strip().splitlines()[-1]
    passed = re.search(r"(\d+) passed", closing)
    count("tests of a generated project", int(passed[1]) if passed else 0, 100)
    assert not re.search(r"\d+ (skipped|xfailed|deselected)", closing), closing


def test_a_project_passes_its_own_checks(project: Path, count: Count) -> None:
    result = make(project, "check")
    assert result.returncode == 0, result.stdout[-20_000:]
    typed = re.search(r"no issues found in (\d+) source files", result.stdout)
    count("typed modules of a generated project", int(typed[1]) if typed else 0, 30)


@pytest.mark.parametrize(
    ("target", "path", "text"),
    [
        ("check", "src/flight_delays/planted.py", "import os\n"),
        ("check", "src/flight_delays/planted.py", 'X: int = "x"\n'),
        ("test", "tests/test_planted.py", "def test_planted() -> None:\n    assert False\n"),
    ],
)
def test_a_planted_defect_fails(target: str, path: str, text: str, project: Path) -> None:
    for test in project.glob("tests/**/test_*.py"):
        test.unlink()
    (project / path).write_text(text)
    result = make(project, target)
    assert result.returncode != 0
    assert "planted" in result.stdout


def test_make_help_names_every_command(project: Path) -> None:
    commands = [name for name, _ in targets_of(project)]
    listed = [line.split()[0] for line in make(project, "help").stdout.splitlines()]
    assert sorted(listed) == sorted(commands)
