"""What the commands of the local cluster share: running tools, reading the cluster."""

import json
from pathlib import Path
from typing import Any

from .. import command
from ..project import project
from ..settings import settings
from .target import Target, local

MANAGER = "make-up"  # of what the local cluster is given
_chosen: list[Target] = []


def choose(target: Target) -> None:
    """Say which cluster all further calls talk to; until then it is the local one."""
    _chosen[:] = [target]


def target() -> Target:
    """Return the cluster that calls talk to."""
    return _chosen[0] if _chosen else local()


def root() -> Path:
    """Return the project's directory, in which all commands run."""
    return settings().project_root


def run(*words: str | Path, stdin: str | None = None, seconds: float | None = None) -> str:
    """Run a command in the project and return what it prints.

    Raises:
        ProjectError: The program is missing, takes longer than `seconds`, or failed.
    """
    return command.output(words, root(), stdin, seconds)


def kubectl(*arguments: str | Path, stdin: str | None = None) -> str:
    """Run kubectl against the chosen cluster, which each call names."""
    return run(*target().kubectl, *arguments, stdin=stdin)


def get(kind: str, *arguments: str) -> list[dict[str, Any]]:
    """List objects of a kind."""
    items: list[dict[str, Any]] = json.loads(kubectl("get", kind, "--output=json", *arguments))[
        "items"
    ]
    return items


def apply(manifests: str, manager: str = MANAGER) -> None:
    """Apply manifests; what is as they say stays as it is. The manager owns what they say."""
    flags = ("--server-side", "--force-conflicts", f"--field-manager={manager}")
    kubectl("apply", *flags, "--filename=-", stdin=manifests)


def apply_object(item: dict[str, Any]) -> None:
    """Apply one object."""
    apply(json.dumps(item))


def name() -> str:
    """Return the project's name, which begins the names of its objects."""
    return project().name
