"""Every file of every scenario reads as if written by hand."""

import subprocess
import sys
from collections.abc import Callable

import pytest

from tests.kit.agreement import AGREEMENT
from tests.kit.gates import Findings, Gate
from tests.kit.hygiene import HYGIENE
from tests.kit.project import SCENARIOS, Project, Renderer, answers_of

GATES = [*HYGIENE, *AGREEMENT]


@pytest.fixture(params=SCENARIOS, ids=lambda path: path.stem)
def project(request: pytest.FixtureRequest, render: Renderer) -> Project:
    return render(answers_of(request.param))


@pytest.mark.parametrize("gate", GATES, ids=lambda gate: gate.name)
def test_every_file_passes(
    gate: Gate, project: Project, passes: Callable[[str, Findings, int], None]
) -> None:
    passes(gate.name, gate.judge(project.path), gate.floor)


LINTERS = {
    "ruff check": ["ruff", "check", "--no-cache", "--output-format", "concise"],
    "ruff format": ["ruff", "format", "--no-cache", "--check"],
    "yamllint": ["yamllint", "--strict"],
}


@pytest.mark.parametrize("linter", LINTERS)
def test_the_formatters_and_linters_have_nothing_to_say(
    linter: str, project: Project, count: Callable[[str, int, int], None]
) -> None:
    command = [sys.executable, "-m", *LINTERS[linter], "."]
    result = subprocess.run(command, cwd=project.path, capture_output=True, text=True)
    suffixes = (".yaml", ".yml") if linter == "yamllint" else (".py",)
    count(linter, sum(path.endswith(suffixes) for path in project.files()), 5)
    assert result.returncode == 0, result.stdout + result.stderr
