"""What this machine is, what it has, and how to run commands on it."""

import functools
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from hooks import outside_git_hooks

Supply = Literal["ordinary", "offline"]


class HarnessError(Exception):
    """One sentence: what is wrong and what to do."""


def run(
    *command: str | Path,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    stdin: str | None = None,
) -> str:
    """Run a command and return what it printed; raise HarnessError with its last lines."""
    arguments = [str(part) for part in command]
    try:
        done = subprocess.run(
            arguments,
            cwd=cwd,
            env=outside_git_hooks({**os.environ, **(env or {})}),
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError as missing:
        raise HarnessError(f"{arguments[0]} is missing: install it.") from missing
    if done.returncode:
        last = "\n".join((done.stdout + done.stderr).strip().splitlines()[-15:])
        raise HarnessError(f"`{' '.join(arguments)[:200]}` failed ({done.returncode}):\n{last}")
    return done.stdout


def works(*command: str | Path, env: Mapping[str, str] | None = None) -> bool:
    """Tell whether a command exists and succeeds."""
    try:
        run(*command, env=env)
    except HarnessError:
        return False
    return True


@functools.cache
def supply() -> Supply:
    """Choose the supply: SLIPWAY_SUPPLY, else the user's Docker, else package registries."""
    wanted = os.environ.get("SLIPWAY_SUPPLY", "")
    if wanted in ("ordinary", "offline"):
        return "ordinary" if wanted == "ordinary" else "offline"
    if wanted:
        raise HarnessError(f"SLIPWAY_SUPPLY={wanted} is neither `ordinary` nor `offline`.")
    if works("docker", "info"):
        return "ordinary"
    if os.geteuid() == 0 and shutil.which("apt-get"):
        return "offline"
    raise HarnessError(
        "Docker does not answer: install and start Docker 23 or newer"
        " (or run as root on Debian, where the tests build and start all they need)."
    )


def kernel_settings(names: tuple[str, ...]) -> dict[str, str]:
    """Read kernel settings by their dotted names; those this kernel lacks are left out."""
    paths = {name: Path("/proc/sys", *name.split(".")) for name in names}
    return {name: path.read_text().strip() for name, path in paths.items() if path.exists()}


def set_kernel_settings(settings: Mapping[str, str]) -> None:
    """Write kernel settings by their dotted names."""
    for name, value in settings.items():
        Path("/proc/sys", *name.split(".")).write_text(value)
