"""What calls Git here can run inside a Git hook and leave the hook's repository as it was."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from hooks import outside_git_hooks
from hooks.template import ROOT
from tests.kit.versions import commit, git

CALLS = {
    "commits of a test": "from tests.kit import versions; versions.release(root, 'v1.0.0')",
    "a copy of the working tree": "from tests.kit import project; project.working_tree(root)",
    "a rendered project": """
from tests.kit import project, versions
from hooks import drift
project.working_tree(root)
versions.release(root, 'v1.0.0')
answers = project.answers_of(project.ROOT / 'tests/scenarios/standard.yml')
versions.start(root, 'v1.0.0', root.with_name('made'), answers)
assert drift.main([str(root.with_name('made'))]) == 0
""",
    "a command of the cluster's tests": """
import os
os.environ |= hooked
from offline import machine
machine.run('git', 'init', '--quiet', cwd=root)
machine.run('git', 'config', 'user.name', 'Somebody Else', cwd=root)
""",
}
BEGIN = "import os, sys; from pathlib import Path; root = Path(sys.argv[1]); root.mkdir()\n"
BEGIN += "hooked = {name: os.environ[name] for name in os.environ if name.startswith('GIT_')}\n"


@pytest.fixture
def users(tmp_path: Path) -> Path:
    """Return a linked worktree in which somebody has staged a change."""
    main, linked = tmp_path / "users", tmp_path / "linked"
    main.mkdir()
    (main / "file").write_text("content\n", "utf-8")
    commit(main)
    git(main, "worktree", "add", "--quiet", "-b", "linked", str(linked))
    (linked / "file").write_text("changed\n", "utf-8")
    git(linked, "add", "file")
    return linked


def state(worktree: Path) -> list[str]:
    """Return branches, settings, index and tree of a repository."""
    questions = (
        ("for-each-ref",),
        ("config", "--local", "--list"),
        ("ls-files", "--stage"),
        ("status", "--porcelain"),
    )
    return [git(worktree, *words) for words in questions]


@pytest.mark.parametrize("call", CALLS)
def test_a_hook_s_repository_stays_as_it_is(call: str, users: Path, tmp_path: Path) -> None:
    words = [sys.executable, "-c", BEGIN + CALLS[call], str(tmp_path / "template")]
    script = f"#!/bin/sh\ncd '{ROOT}'\n" + '"$@"\n'
    hook = users.parent / "users" / ".git" / "hooks" / "pre-commit"
    quoted = " ".join("'" + word.replace("'", "'\\''") + "'" for word in words)
    hook.write_text(script.replace('"$@"', f"{quoted} && touch '{tmp_path}/ended'") + "exit 1\n")
    hook.chmod(0o755)
    before = state(users)
    asked = ["git", "-c", "core.bare=false", "commit", "--message", "fix: a bug"]
    ended = subprocess.run(asked, cwd=users, capture_output=True, text=True, check=False)
    assert (tmp_path / "ended").exists(), ended.stderr
    assert state(users) == before


def test_the_demo_of_this_repository_leads_no_git_to_the_caller_s(tmp_path: Path) -> None:
    other = tmp_path / "users"
    other.mkdir()
    commit(other)
    environment = os.environ | {"GIT_DIR": str(other / ".git"), "GIT_CONFIG_COUNT": "0"}
    makefile = tmp_path / "Makefile"
    makefile.write_text(f"include {ROOT}/Makefile\nnames:\n\t@env\n", "utf-8")
    words = ["make", "--no-print-directory", f"--directory={ROOT}", f"--file={makefile}", "names"]
    names = subprocess.run(words, env=environment, check=True, capture_output=True, text=True)
    variables = dict(line.partition("=")[::2] for line in names.stdout.splitlines())
    assert "GIT_DIR" not in variables
    assert variables["GIT_CONFIG_COUNT"] == "0"


def test_what_containers_set_is_kept() -> None:
    container = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "a.b", "GIT_CONFIG_VALUE_0": "c"}
    hook = {"GIT_DIR": ".git", "GIT_CONFIG_PARAMETERS": "'a.b'='c'", "GIT_INDEX_FILE": "index"}
    assert outside_git_hooks(container | hook) == container
