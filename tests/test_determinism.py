"""The same answers give the same bytes, whoever renders them and wherever."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from hooks.template import ROOT
from tests.kit.project import Renderer, answers_of
from tests.kit.versions import git

SCENARIO = ROOT / "tests/scenarios/unicode.yml"
MACHINES = {
    "hash seed 1": ({"PYTHONHASHSEED": "1"}, 0o022),
    "hash seed 2, strict umask": ({"PYTHONHASHSEED": "2"}, 0o077),
    "Tokyo, C locale, open umask": ({"TZ": "Asia/Tokyo", "LC_ALL": "C"}, 0o002),
}


def tree(project: Path) -> str:
    """Return Git's hash of names, executable bits and bytes."""
    git(project, "init", "--quiet")
    git(project, "add", "--all", "--force")
    return git(project, "write-tree")


@pytest.fixture(scope="module")
def expected(render: Renderer, tmp_path_factory: pytest.TempPathFactory) -> str:
    project = render(answers_of(SCENARIO))
    return tree(project.copy(tmp_path_factory.mktemp("expected") / "project").path)


@pytest.mark.parametrize("machine", MACHINES)
def test_the_command_renders_the_same_tree(
    machine: str, render: Renderer, expected: str, tmp_path: Path
) -> None:
    variables, umask = MACHINES[machine]
    command = [sys.executable, "-m", "copier", "copy", "--quiet", "--defaults"]
    command += ["--data-file", str(SCENARIO), str(render.template()), str(tmp_path / "project")]
    subprocess.run(command, check=True, env=os.environ | variables, umask=umask)
    assert tree(tmp_path / "project") == expected


def test_another_byte_is_another_tree(render: Renderer, expected: str, tmp_path: Path) -> None:
    project = render(answers_of(SCENARIO)).copy(tmp_path / "project").path
    (project / "README.md").write_text("x\n")
    assert tree(project) != expected
