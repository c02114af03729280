"""What the commands of the local cluster share: running tools, reading the cluster."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
LOGGED = re.compile(r"[EIW]\d{4} ")  # kubectl repeats its errors in this form


class ClusterError(Exception):
    """Say in one sentence what is wrong and what to do."""


def run(*command: str | Path, stdin: str | None = None, seconds: float | None = None) -> str:
    """Run a command in the project and return what it prints.

    Raises:
        ClusterError: The program is missing, takes longer than `seconds`, or failed; its last
            lines say why.
    """
    try:
        done = subprocess.run(
            [str(part) for part in command],
            cwd=ROOT,
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
            timeout=seconds,
        )
    except FileNotFoundError:
        raise ClusterError(f"{command[0]} is missing: install it.") from None
    except subprocess.TimeoutExpired:
        raise ClusterError(f"`{' '.join(map(str, command[:6]))}` has no answer yet.") from None
    if done.returncode:
        lines = (done.stdout + done.stderr).strip().splitlines()
        last = "\n".join([line for line in lines if not LOGGED.match(line)][-5:])
        raise ClusterError(f"`{' '.join(map(str, command[:6]))}` failed: {last}")
    return done.stdout


def kubectl(*arguments: str | Path, stdin: str | None = None) -> str:
    """Run kubectl against the current context, or the one of CONTEXT."""
    context = os.environ.get("CONTEXT")
    return run("kubectl", *(["--context", context] if context else []), *arguments, stdin=stdin)


def get(kind: str, *arguments: str) -> list[dict[str, Any]]:
    """List objects of a kind."""
    items: list[dict[str, Any]] = json.loads(kubectl("get", kind, "--output=json", *arguments))[
        "items"
    ]
    return items


def build(directory: str) -> str:
    """Build a kustomization of the project."""
    if shutil.which("kustomize"):
        return run("kustomize", "build", directory)
    return run("kubectl", "kustomize", directory)


def apply(manifests: str) -> None:
    """Apply manifests; what is as they say stays as it is."""
    flags = ("--server-side", "--force-conflicts", "--field-manager=make-up")
    kubectl("apply", *flags, "--filename=-", stdin=manifests)


def apply_object(item: dict[str, Any]) -> None:
    """Apply one object."""
    apply(json.dumps(item))


def project() -> str:
    """Return the project's name, which begins the names of its objects."""
    for line in (ROOT / "objectives.yaml").read_text("utf-8").splitlines():
        if line.startswith("name: "):
            return line.removeprefix("name: ").strip()
    raise ClusterError("objectives.yaml has no name: restore it from Git.")
