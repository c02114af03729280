"""The workflow `promote` pushes what it may, and says so when somebody else was faster."""

import importlib.util
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.kit import manifests
from tests.kit.project import Project, Renderer
from tests.kit.versions import commit, git

PROMOTE = """#!/bin/sh
case "$*" in *prod*--propose-last*) git switch --quiet --force-create release-prod-v2 ;; esac
printf '%s\\n' "$@" > release
git commit --quiet --all --message release
"""
POST_RECEIVE = """#!/bin/sh
while read -r before after branch; do
  echo "$branch $GIT_PUSH_OPTION_0" >> pushed
done
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


def promote(project: Project, checkout: Path, to: str, reason: str = "", **settings: str) -> int:
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
    environment = os.environ | settings | given
    return subprocess.run(command, cwd=checkout, env=environment, check=False).returncode


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


@pytest.fixture
def address(server: Path, standard: Project, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The same repository behind the Git server of the kind cluster."""
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    path = standard.path / "clusters/kind/git-server/server.py"
    spec = importlib.util.spec_from_file_location("git_server", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "ROOT", server.parent)
    with module.ThreadingHTTPServer(("127.0.0.1", 0), module.Handler) as web:
        threading.Thread(target=web.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{web.server_port}/{server.name}"
        web.shutdown()


@pytest.mark.parametrize(
    ("ci", "option"), [("gitlab", "merge_request.create"), ("github", ""), ("none", "")]
)
def test_gitlab_alone_is_asked_for_a_merge_request(
    ci: str, option: str, render: Renderer, server: Path, address: str
) -> None:
    project, pod = render({"ci": ci}), clone(server.parent, "pod")
    hook = server / "hooks/post-receive"
    hook.write_text(POST_RECEIVE, "utf-8")
    hook.chmod(0o755)
    git(pod, "remote", "set-url", "origin", address)
    (path,) = project.path.rglob("git.yaml")
    settings = yaml.safe_load(path.read_text("utf-8"))["data"]
    assert promote(project, pod, "prod", **settings) == 0
    pushed = (server / "pushed").read_text("utf-8").splitlines()
    assert pushed == [f"refs/heads/release-prod-v2 {option}"]
