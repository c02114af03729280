"""Killed anywhere and run again, or run twice at once: the same commits as from one run."""

import os
import select
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from slipway import release
from slipway.errors import ProjectError
from slipway.registry import Version

Git = Callable[..., str]
Judge = Callable[..., Version]
Hook = Callable[[str, str], Path]

KILL_ALL = "kill -9 0"  # the whole process group
WAIT_SECONDS = 30


@pytest.fixture
def hook(repository: Path) -> Hook:
    """Return a function that installs a hook of the repository."""

    def install(name: str, script: str) -> Path:
        path = repository / ".git" / "hooks" / name
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        return path

    return install


def _killed(*arguments: str) -> None:
    """Run the project's command line in a process group of its own, which is killed."""
    process = subprocess.run(
        [sys.executable, "-m", "slipway", *arguments], start_new_session=True, check=False
    )
    assert process.returncode < 0


def _prod() -> str:
    running = release.released("prod")
    assert running is not None
    return running.model_version


def _commits(git: Git) -> int:
    return int(git("rev-list", "--count", "HEAD"))


def test_a_promotion_killed_together_with_git_goes_on(
    passed: Judge, hook: Hook, repository: Path, git: Git, capfd: pytest.CaptureFixture[str]
) -> None:
    passed(2)
    installed = hook("pre-commit", KILL_ALL)
    _killed("promote", "--to", "dev")
    installed.unlink()
    with pytest.raises(ProjectError, match="refused the commit"):
        release.promote("dev")
    assert "index.lock" in capfd.readouterr().err
    (repository / ".git" / "index.lock").unlink()
    release.promote("dev")
    assert _commits(git) == 2
    assert git("status", "--porcelain") == ""


def test_a_promotion_killed_after_writing_the_file_goes_on(
    passed: Judge, repository: Path, git: Git
) -> None:
    passed(2)
    release.promote("dev")
    written = (repository / "environments" / "dev" / "release.yaml").read_text()
    git("reset", "--quiet", "--hard", "HEAD~1")
    (repository / "environments" / "dev" / "release.yaml").write_text(written)
    release.promote("dev")
    assert _commits(git) == 2
    assert git("status", "--porcelain") == ""


def test_a_rollback_killed_after_its_commit_does_not_go_further_back(
    release_to_prod: Callable[[int], None], hook: Hook
) -> None:
    for number in (1, 2, 3):
        release_to_prod(number)
    installed = hook("post-commit", KILL_ALL)
    _killed("rollback", "--env", "prod")
    installed.unlink()
    release.rollback("prod")
    assert _prod() == "2"
    release.rollback("prod")
    assert _prod() == "1"


def test_of_two_promotions_at_once_one_wins_and_the_other_says_so(
    passed: Judge, hook: Hook, repository: Path, git: Git
) -> None:
    passed(2)
    for name in ("begun", "go"):
        os.mkfifo(repository / "var" / name)
    hook("pre-commit", "echo > var/begun; read line < var/go")
    first = threading.Thread(target=release.promote, args=("dev",))
    first.start()
    assert _has_begun(repository / "var" / "begun")
    try:
        with pytest.raises(ProjectError, match="another promotion or rollback is at work"):
            release.promote("dev")
    finally:
        (repository / "var" / "go").write_text("\n")
        first.join()
    assert _commits(git) == 2
    assert release.released("dev") is not None


def _has_begun(pipe: Path) -> bool:
    """Wait until the hook writes to a named pipe."""
    reader = os.open(pipe, os.O_RDWR)  # one that only reads would wait for a writer, for ever
    try:
        return bool(select.select([reader], [], [], WAIT_SECONDS)[0])
    finally:
        os.close(reader)
