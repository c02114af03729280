"""A throw-away copy of the project: the demo's commits and models stay out of the real one."""

import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

import yaml

from .. import command
from ..errors import ProjectError
from ..logs import span
from ..objectives import objectives
from ..release import record
from ..settings import settings

ENGINE = "slipway"
COPY = "demo"  # its directory below the state of the project
LOCATIONS = (
    *("CAPTURE_STORE", "MLFLOW_TRACKING_URI", "MONITOR_STORE"),
    *("SNAPSHOT_BACKEND", "SNAPSHOT_STORE", "STATE_DIR"),
)


@dataclass(frozen=True)
class Stage:
    """The copy and the environment in which the project's own commands run there."""

    root: Path

    @property
    def state(self) -> Path:
        return self.root / "var"

    @property
    def environment(self) -> dict[str, str]:
        """Keep the shell's environment, but none of its servers and stores."""
        kept = {name: value for name, value in os.environ.items() if name not in LOCATIONS}
        return kept | {
            "DATA_ROOT": str(settings().data_root),
            "PROJECT_ROOT": str(self.root),
            "PYTHONPATH": os.pathsep.join((str(self.root / "src"), str(self.root))),
            **span.carried(),
        }

    def run(self, *arguments: str) -> str:
        """Run one of the project's commands in the copy and return what it printed.

        Raises:
            ProjectError: The command failed; the message is its last line.
        """
        words = [sys.executable, "-m", ENGINE, *arguments]
        ended = command.run(words, self.root, self.environment)
        if ended.returncode:
            lines = (ended.stderr.strip() or ended.stdout.strip() or "no output").splitlines()
            raise ProjectError(f"{' '.join(arguments)} failed in {self.root}: {lines[-1]}")
        return ended.stdout

    def release(self, environment: str) -> dict[str, str]:
        """Return the data of an environment's release.yaml."""
        path = self.root / "environments" / environment / "release.yaml"
        data: dict[str, str] = yaml.safe_load(path.read_text("utf-8"))["data"]
        return data

    def commit(self, message: str) -> None:
        """Commit every change of a file that Git tracks."""
        _git(self.root, "commit", "--quiet", "--all", "--message", message)

    def log(self) -> list[str]:
        """Return the subjects of the copy's commits, newest first."""
        return _git(self.root, "log", "--format=%s").splitlines()


def _git(directory: Path, *arguments: str) -> str:
    return command.output(["git", *arguments], directory)


def played() -> Stage | None:
    """Return the copy that the last demo of this project was played in, if it is there."""
    copy = Stage(settings().state / COPY)
    return copy if (copy.root / ".git").is_dir() else None


def build(project: Path, root: Path) -> Stage:
    """Copy what Git would track of `project` to `root`, as a repository with one commit.

    An earlier copy at `root` is removed first. `project` need not be a repository itself.
    """
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir(parents=True)
    _git(root, "init", "--quiet", "--initial-branch=main")
    for key, value in (
        ("user.name", objectives().owner.team),
        ("user.email", objectives().owner.contact),
        ("commit.gpgsign", "false"),
        ("core.hooksPath", os.devnull),
    ):
        _git(root, "config", key, value)
    git_dir = str(root / ".git")
    _git(project, "--git-dir", git_dir, "--work-tree", str(project), "add", "--all", ".")
    _git(root, "checkout-index", "--all")
    for path in (root / "environments").glob("*/release.yaml"):
        path.write_text(record.dump(None), "utf-8")  # what the project runs is not the demo's
    copy = Stage(root)
    copy.commit("chore: copy the project")
    return copy
