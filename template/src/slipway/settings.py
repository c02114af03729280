"""Where things are: read once from the environment, the same names on a laptop and in a pod."""

import getpass
import os
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings

from .errors import ProjectError


class Settings(BaseSettings):
    """Locations that differ between a laptop and a cluster; logic never does.

    Each field is read from the environment variable of the same name in capitals.
    """

    project_root: Path = Path.cwd()
    data_directory: Path | None = Field(default=None, alias="DATA_ROOT")
    state_dir: Path = Path("var")
    mlflow_tracking_uri: str = ""
    snapshot_backend: Literal["bucket", "directory", "dvc"] = "dvc"
    snapshot_store: str = ""
    capture_store: str = ""
    checkpoint_seconds: int = Field(default=60, ge=0)
    checkpoint_store: str = ""
    monitor_store: str = ""
    source_commit: str = ""
    pipeline_digest: str = ""
    pipeline_image: str = ""
    pipeline_package: Path | None = None
    parallel_trials: int = Field(default=1, ge=1)
    score_store: str = ""
    training_priority: Literal["after-drift", "by-hand", "fix"] = "by-hand"
    serve_image: str = ""

    @property
    def data_root(self) -> Path:
        """Directory that the relative paths of a source start from; DATA_ROOT changes it."""
        return self.data_directory or self.project_root

    @property
    def state(self) -> Path:
        """Directory of everything that runs leave behind; ignored by Git."""
        return (self.project_root / self.state_dir).resolve()

    @property
    def tracking_uri(self) -> str:
        """MLflow server, or the SQLite file that stands in for it on one machine."""
        return self.mlflow_tracking_uri or f"sqlite:///{self.state / 'mlflow.db'}"

    @property
    def snapshots(self) -> str:
        """Directory or bucket URL that keeps the data snapshots."""
        return self.snapshot_store or str(self.state / "snapshots")

    @property
    def captures(self) -> str:
        """Directory or bucket URL of captured predictions: below an environment, a month."""
        return self.capture_store or str(self.state / "captures")

    @property
    def checkpoints(self) -> str:
        """Directory or bucket URL of the state of fits that are under way."""
        return self.checkpoint_store or str(self.state / "checkpoints")

    @property
    def scores(self) -> str:
        """Directory or bucket URL of the scores of days, below an environment."""
        return self.score_store or str(self.state / "scores")

    @property
    def reports(self) -> Path:
        """Directory of reports for people."""
        return self.state / "reports"

    @property
    def monitoring(self) -> str:
        """Directory or bucket URL of the monitor's reports and state, below an environment."""
        return self.monitor_store or str(self.reports)


def name_user() -> None:
    """Give a process whose user no file of the system knows, as in many containers, home and name.

    Libraries ask for both and fail without.
    """
    try:
        Path.home()
    except RuntimeError:
        os.environ["HOME"] = str(settings().state / "home")
    try:
        getpass.getuser()
    except (KeyError, OSError):  # before and since Python 3.13
        os.environ["LOGNAME"] = str(os.getuid())


@cache
def settings() -> Settings:
    """Return the settings of this process.

    Raises:
        ProjectError: An environment variable holds a value that is not allowed.
    """
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]).upper()
        raise ProjectError(
            f"The environment variable {name} is {first['input']!r}: {first['msg']}."
        ) from None
