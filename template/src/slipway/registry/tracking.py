"""The MLflow client: the same calls for a SQLite file and for a server, quiet and bounded."""

import fcntl
import os
import re
import shlex
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import ProjectError
from ..settings import settings

if TYPE_CHECKING:
    from mlflow import MlflowClient

SQLITE = "sqlite:///"
ACCESS_REFUSED = {"CUSTOMER_UNAUTHORIZED", "PERMISSION_DENIED", "UNAUTHENTICATED"}
ANSWERED = {
    *("ALREADY_EXISTS", "BAD_REQUEST", "INVALID_PARAMETER_VALUE", "INVALID_STATE"),
    *("NOT_FOUND", "RESOURCE_ALREADY_EXISTS", "RESOURCE_DOES_NOT_EXIST"),
}
DEFAULTS = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
    "MLFLOW_LOGGING_LEVEL": "CRITICAL",  # what goes wrong is raised, and told in one sentence
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "3",
    "MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR": "1",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "20",
}


@contextmanager
def client() -> Iterator["MlflowClient"]:
    """Yield the client of the tracking server and registry.

    Raises:
        ProjectError: MLflow cannot be reached, its database is locked, or it refuses a call.
    """
    for name, value in DEFAULTS.items():
        os.environ.setdefault(name, value)
    # MLflow takes a second to import, so it is imported only when it is needed.
    from mlflow.exceptions import MlflowException
    from sqlalchemy.exc import SQLAlchemyError

    uri = settings().tracking_uri
    try:
        yield _connect(uri)
    except (MlflowException, SQLAlchemyError, OSError) as error:
        raise ProjectError(_sentence(uri, error)) from None


def address() -> str:
    """Return where MLflow is, for a message."""
    return _without_password(settings().tracking_uri)


def artifact_location() -> str | None:
    """Return where runs keep their files beside a SQLite database; a server decides itself."""
    if settings().tracking_uri.startswith(SQLITE):
        return (settings().state / "artifacts").as_uri()
    return None


def experiment(client: "MlflowClient", name: str) -> str:
    """Return the id of an experiment, which is made when there is none.

    Raises:
        ProjectError: Somebody has deleted it.
    """
    known = client.get_experiment_by_name(name)
    if known is None:
        return str(client.create_experiment(name, artifact_location()))
    if known.lifecycle_stage != "active":
        raise ProjectError(
            f"The experiment {name} was deleted in MLflow: bring it back with all its runs by "
            f"`MLFLOW_TRACKING_URI={shlex.quote(address())} .venv/bin/mlflow experiments "
            f"restore --experiment-id {known.experiment_id}` and try again."
        )
    return str(known.experiment_id)


@cache
def _connect(uri: str) -> "MlflowClient":
    from mlflow import MlflowClient

    if uri.startswith(SQLITE):
        _create_database(Path(uri.removeprefix(SQLITE)))
    return MlflowClient(uri, uri)


def _create_database(path: Path) -> None:
    """Make the tables aside, so that an interruption leaves no half-migrated database."""
    from mlflow import MlflowClient

    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if path.exists():
            return
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".") as directory:
            fresh = Path(directory) / path.name
            MlflowClient(f"{SQLITE}{fresh}").search_experiments(max_results=1)
            fresh.replace(path)


def _sentence(uri: str, error: Exception) -> str:
    reason = str(error).strip().partition("\n")[0].rstrip(".")
    told = f"MLflow at {uri} {_failure(error)}: {reason}."
    return _without_password(told)


def _failure(error: Exception) -> str:
    """Tell apart what MLflow has answered and that it did not answer."""
    code = getattr(error, "error_code", "")
    if code in ACCESS_REFUSED:
        return "refuses the user: look at MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD"
    if code in ANSWERED:
        return "has refused a call, what it holds may have been changed by hand"
    return "failed, see that it is up and its database not locked"


def _without_password(text: str) -> str:
    return re.sub("//[^/@]*@", "//", text)
