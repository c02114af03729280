"""The workflow `promote` pushes what it may, and says so when somebody else was faster."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.kit import manifests
from tests.kit.project import Project
from tests.kit.versions import commit, git

PROMOTE = """#!/bin/sh
case "$*" in *prod*--propose-last*) git switch --quiet --force-create release-prod-v2 ;; esac
printf '%s\\n' "$@" > release
git commit --quiet --all --message release
"""


@pytest.fixture
def server(tmp_path: Path) -> Path:
    """A Git server's repository with one commit; `python`, which promotes there, is a stand-in."""
    git(tmp_path, "init", "--quiet", "--bare", "--initial-branch=main", "server.git")
    clone(tmp_path, "somebody")
    change(tmp_path / "somebody", "release")
    program = tmp_path / "bin" / "python"
    program.parent.mkdir()
    program.write_text(PROMOTE)
    program.chmod(0o755)
    return tmp_path / "server.git"


def clone(directory: Path, name: str) -> Path:
    url = (directory / "server.git").as_uri()
    git(directory, "clone", "--quiet", "--depth=1", "--", url, name)
    return directory / name


def change(directory: Path, name: str) -> None:
    (directory / name).write_text("changed\n", "utf-8")
    commit(directory)
    git(directory, "push", "--quiet", "origin", "HEAD:main")


def promote(project: Project, checkout: Path, to: str, reason: str = "") -> int:
    """Run the container's command, with Git and `python` as it finds them; return its exit code."""
    (template,) = (
        built.object["spec"]["templates"][0]
        for built in manifests.build(project.path, "components/workflows")
        if (built.kind, built.name) == ("WorkflowTemplate", "promote")
    )
    container = template["container"]
    assert container["workingDir"] == "/checkout/project"
    programs = str(project.path / "components/workflows/pod")
    command = [word.replace("/programs", programs) for word in container["command"]]
    path = f"{checkout.parent / 'bin'}{os.pathsep}{os.environ['PATH']}"
    given = {"GIT_BRANCH": "main", "PATH": path, "REASON": reason, "TO": to}
    ended = subprocess.run(command, cwd=checkout, env=os.environ | given, check=False)
    return ended.returncode


def test_a_release_to_staging_goes_to_main(standard: Project, server: Path) -> None:
    reason = 'it\'s "quoted"; $(touch pasted)'
    assert promote(standard, clone(server.parent, "pod"), "staging", reason) == 0
    assert git(server, "log", "--format=%s", "main").splitlines()[0] == "release"
    assert git(server, "show", "main:release").splitlines()[-1] == reason
    assert not list(server.parent.rglob("pasted"))


def test_a_release_to_prod_is_a_branch_also_when_it_is_tried_twice(
    standard: Project, server: Path
) -> None:
    before = git(server, "rev-parse", "main")
    for pod in ("first", "second"):
        assert promote(standard, clone(server.parent, pod), "prod") == 0
    assert git(server, "rev-parse", "main") == before
    assert git(server, "rev-parse", "release-prod-v2~1") == before


def test_a_push_that_comes_second_asks_for_another_try(standard: Project, server: Path) -> None:
    pod = clone(server.parent, "pod")
    change(server.parent / "somebody", "other")
    before = git(server, "rev-parse", "main")
    assert promote(standard, pod, "dev") == 75
    assert git(server, "rev-parse", "main") == before
    assert promote(standard, clone(server.parent, "another"), "dev") == 0
