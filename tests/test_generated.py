"""A generated project passes its own checks and its own tests, as its users run them."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from hooks.template import questions
from tests.kit.agreement import targets_of
from tests.kit.project import Project, Renderer
from tests.kit.venv import link_venv, make
from tests.kit.versions import commit

Count = Callable[[str, int, int], None]
EXAMPLES = [{"task": task} for task in questions()["task"]["choices"].values()]
EXAMPLES += [{"family": "network"}]


def installed(project: Project, directory: Path) -> Path:
    """Return a copy in a repository of its own, with its dependencies installed."""
    path = project.copy(directory / "flight-delays").path
    commit(path, "chore: start from the template")
    link_venv(path)
    return path


@pytest.fixture
def project(standard: Project, tmp_path: Path) -> Path:
    return installed(standard, tmp_path)


@pytest.fixture(params=EXAMPLES, ids=lambda answers: "-".join(answers.values()))
def example(request: pytest.FixtureRequest, render: Renderer, tmp_path: Path) -> Path:
    """A project for each task, and one whose model is a network."""
    return installed(render({"profile": "standard", **request.param}), tmp_path)


def test_a_project_passes_its_own_tests(example: Path, count: Count) -> None:
    result = make(example, "test")
    assert result.returncode == 0, result.stdout[-20_000:]
    closing = result.stdout.strip().splitlines()[-1]
    passed = re.search(r"(\d+) passed", closing)
    count("tests of a generated project", int(passed[1]) if passed else 0, 20)
    assert not re.search(r"\d+ (skipped|xfailed|deselected)", closing), closing


def test_a_project_passes_its_own_checks(example: Path, count: Count) -> None:
    result = make(example, "check")
    assert result.returncode == 0, result.stdout[-20_000:]
    typed = re.search(r"no issues found in (\d+) source files", result.stdout)
    count("typed modules of a generated project", int(typed[1]) if typed else 0, 100)


@pytest.mark.parametrize(
    ("target", "path", "text"),
    [
        ("check", "src/flight_delays/planted.py", "import os\n"),
        ("check", "src/flight_delays/planted.py", 'X: int = "x"\n'),
        ("test", "tests/test_planted.py", "def test_planted() -> None:\n    assert False\n"),
    ],
)
def test_a_planted_defect_fails(target: str, path: str, text: str, project: Path) -> None:
    for test in [*project.glob("tests/test_*.py"), *project.glob("src/slipway/testing/test_*.py")]:
        test.unlink()
    (project / path).write_text(text)
    result = make(project, target)
    assert result.returncode != 0
    assert "planted" in result.stdout


def test_make_help_names_every_command(project: Path) -> None:
    commands = [name for name, _ in targets_of(project)]
    listed = [line.split()[0] for line in make(project, "help").stdout.splitlines()]
    assert sorted(listed) == sorted(commands)
