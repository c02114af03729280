"""Generated projects as their users run them, in one environment for equal locks."""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "slipway/venvs"


def make(project: Path, target: str) -> subprocess.CompletedProcess[str]:
    """Run a target of the project as a user who has not told Git a name."""
    private = ("PYTEST", "GIT_AUTHOR", "GIT_COMMITTER", "COPIER_", "VIRTUAL_ENV", "MAKE")
    clean = {name: text for name, text in os.environ.items() if not name.startswith(private)}
    clean["PYTORCH"] = "yes"  # a project of networks asks before it downloads
    clean["MYPY_CACHE_DIR"] = str(
        CACHE.with_name("mypy")
    )  # the engine is the same in every project
    command = ["make", "--no-print-directory", target]
    return subprocess.run(
        command,
        cwd=project,
        env=clean,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def link_venv(project: Path) -> None:
    """Share one environment between all projects with the same locked dependencies."""
    named = (project / f"requirements/{name}.txt" for name in ("uv", "dev", "network"))
    locks = [path for path in named if path.exists()]
    key = hashlib.sha256(sys.version.encode() + b"".join(path.read_bytes() for path in locks))
    home = CACHE / key.hexdigest()[:16]
    home.mkdir(parents=True, exist_ok=True)
    with home.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (home / ".venv/ready").exists():
            shutil.copytree(project, home, dirs_exist_ok=True)
            result = make(home, "setup")
            assert result.returncode == 0, result.stdout
        for made in ("bin/uv", "ready"):  # newer than this project's requirements, for make
            (home / ".venv" / made).touch()
    (project / ".venv").symlink_to(home / ".venv")
