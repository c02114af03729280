"""Every command that calls Git leaves the repository of the hook that it runs in as it was."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from slipway import command, release
from slipway.registry import Version
from slipway.release import image
from slipway.settings import settings

Git = Callable[..., str]

COMMANDS = """
import sys
from pathlib import Path
from slipway import lineage, release
from slipway.demo import stage
from slipway.release import image
from slipway.settings import settings
from slipway.training.code import source_commit
root, copy = map(Path, sys.argv[1:])
release.promote("dev")
release.promote("staging")
release.rollback("dev")
print([step.value for step in lineage.walk("staging")], source_commit())
image.main()
stage.build(root, copy)
(copy.parent / "commands have ended").touch()
sys.exit(1)  # so that the hook refuses what it was asked about
"""


@pytest.fixture
def sources(repository: Path, git: Git) -> None:
    """Commit what the images are made of."""
    for path in sorted({path for paths in image.CONTENTS.values() for path in paths}):
        if not (repository / path).exists():
            (repository / path).mkdir(parents=True)
            (repository / path / "file").write_text("content\n")
    git("add", "--all")
    git("commit", "--quiet", "--message", "feat: sources")


@pytest.fixture
def users(tmp_path: Path, git: Git) -> Path:
    """Return a linked worktree of a repository that has nothing to do with the project."""
    main, linked = tmp_path / "users", tmp_path / "linked"
    main.mkdir()
    (main / "file").write_text("content\n")
    for words in (
        ("init", "--quiet", "--initial-branch=main"),
        ("add", "--all"),
        ("commit", "--quiet", "--message", "chore: start"),
        ("worktree", "add", "--quiet", "-b", "linked", linked),
    ):
        command.output(["git", *words], main)
    command.output(["git", "clone", "--quiet", "--bare", main, tmp_path / "server.git"])
    command.output(["git", "remote", "add", "origin", tmp_path / "server.git"], main)
    (linked / "file").write_text("changed\n")
    return linked


def _state(worktree: Path) -> list[str]:
    """Return all that a repository holds: branches, settings, indexes, trees."""
    questions = (
        ("for-each-ref",),
        ("symbolic-ref", "HEAD"),
        ("config", "--local", "--list"),
        ("ls-files", "--stage"),
        ("status", "--porcelain", "--ignored"),
        ("worktree", "list", "--porcelain"),
    )
    return [command.output(["git", *words], worktree) for words in questions]


def _hook(users: Path, name: str, *words: str | Path) -> None:
    hook = users.parent / "users" / ".git" / "hooks" / name
    hook.write_text("#!/bin/sh\nexec " + " ".join(f"'{word}'" for word in words) + "\n")
    hook.chmod(0o755)


@pytest.mark.usefixtures("sources")
@pytest.mark.parametrize(
    ("hook", "asked"),
    [
        ("pre-commit", ("-c", "core.bare=false", "commit", "--all", "--message", "fix: a bug")),
        ("pre-push", ("push", "origin", "linked")),
    ],
)
def test_a_hook_of_a_linked_worktree_can_run_every_command(
    hook: str, asked: tuple[str, ...], users: Path, passed: Callable[..., Version], git: Git
) -> None:
    passed(2)
    release.promote("dev")
    passed(3)
    before = _state(users)
    root, copy = settings().project_root, users.parent / "copy"
    _hook(users, hook, sys.executable, "-c", COMMANDS, root, copy)
    ended = command.run(["git", *asked], users)
    assert (copy.parent / "commands have ended").exists(), ended.stderr
    assert ended.returncode == 1
    assert _state(users) == before
    assert git("log", "-3", "--format=%s", "--reverse").splitlines() == [
        "release(dev): late-parcels v2",
        "release(staging): late-parcels v2",
        'Revert "release(dev): late-parcels v2"',
    ]
    log = command.output(["git", "log", "--format=%s"], copy).splitlines()
    assert log == ["chore: copy the project"]


@pytest.mark.usefixtures("sources")
def test_a_git_dir_that_is_set_by_hand_leads_no_command_elsewhere(
    users: Path, passed: Callable[..., Version]
) -> None:
    passed(2)
    release.promote("dev")
    passed(3)
    before = _state(users)
    root, copy = settings().project_root, users.parent / "copy"
    words = [sys.executable, "-c", COMMANDS, str(root), str(copy)]
    environment = os.environ | {"GIT_DIR": str(users.parent / "users" / ".git")}
    ended = subprocess.run(words, cwd=users, env=environment, capture_output=True, check=False)
    assert (users.parent / "commands have ended").exists(), ended.stderr
    assert _state(users) == before


def test_the_tests_of_a_project_see_no_hook(users: Path) -> None:
    test = users.parent / "tests" / "test_a_commit.py"
    test.parent.mkdir()
    test.write_text(
        "import subprocess\n"
        "def test_a_commit(tmp_path):\n"
        "    for words in (['init'], ['commit', '--allow-empty', '--message', 'one']):\n"
        "        subprocess.run(['git', *words], cwd=tmp_path, check=True)\n"
    )
    plugins = ("-p", "slipway.testing.plugin", "-p", "no:cacheprovider")
    words = (sys.executable, "-m", "pytest", "--quiet", *plugins, test)
    _hook(users, "pre-commit", *words)
    before = _state(users)
    ended = command.run(["git", "-c", "core.bare=false", "commit", "--message", "one"], users)
    assert "1 passed" in ended.stdout + ended.stderr
    assert _state(users) == before
