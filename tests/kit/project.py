"""Render the template once for each set of answers of a test run."""

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from copier import run_copy

from hooks.template import ROOT, files

SCENARIOS = sorted((ROOT / "tests/scenarios").glob("*.yml"))


@dataclass(frozen=True)
class Project:
    """One rendered project; tests that change it work on a copy."""

    path: Path
    answers: Mapping[str, Any]

    def files(self) -> list[str]:
        """List its files as relative POSIX paths, sorted."""
        return sorted(path for path in files(self.path) if not path.startswith(".git/"))

    def copy(self, destination: Path) -> "Project":
        """Copy it to a directory that the caller may change."""
        shutil.copytree(self.path, destination, symlinks=True)
        return Project(destination, self.answers)


def answers_of(scenario: Path) -> dict[str, Any]:
    """Read the answers of a scenario."""
    answers: dict[str, Any] = yaml.safe_load(scenario.read_text("utf-8")) or {}
    return answers


def has_cluster(scenario: Path) -> bool:
    """Tell whether the project of a scenario has a cluster."""
    answers = answers_of(scenario)
    return bool(answers.get("serving", answers.get("profile") != "minimal"))


def once(directory: Path, make: Callable[[Path], None]) -> Path:
    """Make `directory` unless another worker has; it appears whole or not at all."""
    directory.parent.mkdir(parents=True, exist_ok=True)
    with directory.with_name(directory.name + ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not directory.exists():
            unfinished = directory.with_name(directory.name + ".part")
            shutil.rmtree(unfinished, ignore_errors=True)
            make(unfinished)
            unfinished.rename(directory)
    return directory


def copy_tree(destination: Path, *pathspecs: str) -> None:
    """Copy what Git tracks or would add, uncommitted changes included."""
    command = ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others"]
    command += ["--exclude-standard", "--", *pathspecs]
    listed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).exists():
            (destination / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, destination / name, follow_symlinks=False)


def working_tree(destination: Path) -> None:
    """Copy the template as it is now."""
    copy_tree(destination, "copier.yml", "questions", "template", "partials")


def own_sources(destination: Path) -> None:
    """Copy what this repository holds besides the template and what is rendered from it."""
    copy_tree(destination, ":!template", ":!examples")


def render_to(template: Path, destination: Path, answers: Mapping[str, Any]) -> None:
    """Render a plain directory, untrusted, with defaults for what `answers` leaves open."""
    run_copy(
        str(template), destination, data=dict(answers), defaults=True, quiet=True, unsafe=False
    )


@dataclass(frozen=True)
class Renderer:
    """Renders into one directory that all workers of a test run share."""

    directory: Path

    def template(self) -> Path:
        """Return this run's copy of the template, the same for every test."""
        return once(self.directory / "slipway", working_tree)

    def __call__(self, answers: Mapping[str, Any]) -> Project:
        """Return the project with `answers`, rendered at most once a run."""
        key = hashlib.sha256(json.dumps(dict(answers), sort_keys=True).encode()).hexdigest()[:12]
        template = self.template()
        path = once(self.directory / key, lambda part: render_to(template, part, answers))
        return Project(path, answers)


# What make tells the programs that it starts: another make below it would read them too.
FROM_MAKE = ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")


def isolate(settings: Path) -> None:
    """Keep the developer's settings and the make that runs the tests out of this process."""
    for name in FROM_MAKE:
        os.environ.pop(name, None)
    os.environ |= {
        "COPIER_SETTINGS_PATH": str(settings),
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": "Ada",
        "GIT_AUTHOR_EMAIL": "ada@example.com",
        "GIT_COMMITTER_NAME": "Ada",
        "GIT_COMMITTER_EMAIL": "ada@example.com",
    }
