"""The Git repository that the project lies in: Git's answers, or Git's own reason for none."""

import os
import subprocess

from . import command
from .errors import ProjectError
from .settings import settings

NO = 1  # the exit code by which Git answers a question with no; higher ones are failures
CHANGED = "-dirty"


def run(*arguments: str, capture: bool = True) -> subprocess.CompletedProcess[str]:
    """Run Git in the project's root, without taking a lock to look; the caller sees the code."""
    quiet = os.environ | {"GIT_OPTIONAL_LOCKS": "0"}
    return command.run(["git", *arguments], settings().project_root, quiet, capture=capture)


def read(*arguments: str) -> str:
    """Return what Git prints.

    Raises:
        ProjectError: Git failed; the sentence has its own reason.
    """
    ended = run(*arguments)
    if ended.returncode:
        raise _failure(arguments[0], ended)
    return ended.stdout


def confirms(*arguments: str) -> bool:
    """Tell whether Git answers a question with yes.

    Raises:
        ProjectError: Git answered neither yes nor no.
    """
    ended = run(*arguments)
    if ended.returncode > NO:
        raise _failure(arguments[0], ended)
    return ended.returncode == 0


def _failure(what: str, ended: subprocess.CompletedProcess[str]) -> ProjectError:
    reason = " ".join(ended.stderr.split()) or f"exit code {ended.returncode}"
    return ProjectError(f"git {what} failed in {settings().project_root}: {reason.rstrip('.')}.")


def exists() -> bool:
    """Tell whether the project lies in a repository.

    Raises:
        ProjectError: It does, but Git does not work there: damaged, or another user's.
    """
    root = settings().project_root.resolve()
    if not any((directory / ".git").exists() for directory in (root, *root.parents)):
        return False
    read("rev-parse", "--git-dir")
    return True


def has_commit() -> bool:
    """Tell whether anything is committed.

    Raises:
        ProjectError: Git cannot say; a damaged branch is not one before its first commit.
    """
    unborn = run("rev-parse", "--verify", "--quiet", "HEAD").returncode == NO
    if unborn and run("symbolic-ref", "--quiet", "HEAD").returncode == 0:
        return False
    read("log", "--max-count=1", "--format=%H")
    return True


def require_history() -> None:
    """Refuse a shallow clone: its oldest commit seems to have made all that is older.

    Raises:
        ProjectError: Older commits are missing, or Git cannot say.
    """
    if read("rev-parse", "--is-shallow-repository").strip() == "true":
        raise ProjectError(
            f"{settings().project_root} is a shallow clone, older commits that count here are "
            "missing: run `git fetch --unshallow` (in CI, check out without a depth) and try again."
        )


def has(commit: str) -> bool:
    """Tell whether a commit is here."""
    return run("cat-file", "-e", f"{commit}^{{commit}}").returncode == 0


def is_commit(code: str) -> bool:
    """Tell whether what names the code of a model is a commit: not "", not one with changes."""
    return bool(code) and not code.endswith(CHANGED)
