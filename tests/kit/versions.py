"""Git around a test: released versions of the template, and projects with a history."""

import subprocess
from pathlib import Path
from typing import Any

from copier import run_copy, run_update

from hooks.template import ROOT

PARTS = ("copier.yml", "questions", "template")


def git(directory: Path, *arguments: str) -> str:
    """Run Git and return what it prints."""
    command = ["git", "-C", str(directory), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def commit(directory: Path, message: str = "chore: go on") -> None:
    """Commit everything, in a new repository if there is none."""
    if not (directory / ".git").exists():
        git(directory, "init", "--quiet", "--initial-branch", "main")
    git(directory, "add", "--all")
    git(directory, "commit", "--quiet", "--allow-empty", "--message", message)


def release(template: Path, version: str) -> None:
    """Commit a template and tag it."""
    commit(template, f"chore: release {version}")
    git(template, "tag", "--annotate", version, "--message", version)


def releases() -> dict[str, str]:
    """Return the commit of every release by its version, as releases.txt lists them."""
    lines = (ROOT / "releases.txt").read_text("utf-8").splitlines()
    return dict(line.split() for line in lines if not line.startswith("#"))


def export(revision: str, destination: Path) -> None:
    """Write the template of a revision of this repository."""
    command = ["git", "-C", str(ROOT), "archive", "--format=tar", revision, *PARTS]
    archive = subprocess.run(command, check=True, capture_output=True).stdout
    subprocess.run(["tar", "-x", "-C", str(destination)], check=True, input=archive)


def start(template: Path, version: str, project: Path, answers: dict[str, Any]) -> None:
    """Make a project from a released version and commit it."""
    run_copy(str(template), project, data=answers, vcs_ref=version, defaults=True, quiet=True)
    commit(project, "chore: start from the template")


def update(project: Path, version: str, answers: dict[str, Any] | None = None) -> None:
    """Update a project, untrusted, and commit what came."""
    run_update(
        project, data=answers or {}, vcs_ref=version, defaults=True, overwrite=True, quiet=True
    )
    assert git(project, "ls-files", "--unmerged") == ""
    assert not list(project.rglob("*.rej"))
    commit(project, f"chore: update to {version}")
