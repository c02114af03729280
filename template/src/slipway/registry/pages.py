"""MLflow's own pages about experiments, runs and registered models."""

import os
import socket
import threading
from contextlib import closing
from urllib.parse import urlsplit

from .. import command
from ..errors import ProjectError
from ..settings import settings
from . import tracking

PROGRAM = ".venv/mlflow/bin/mlflow"  # the server of MLflow, which no other command needs
QUIET = {"MLFLOW_DISABLE_TELEMETRY": "true", "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}


def main(port: int) -> None:
    """Show the pages until somebody interrupts: of the local registry, or of the server it names.

    Raises:
        ProjectError: The port is taken, MLflow's server is not installed, or it failed.
    """
    uri = settings().tracking_uri
    if not uri.startswith(tracking.SQLITE):
        _point_at(tracking.address())
        return
    program = settings().project_root / PROGRAM
    if not program.is_file():
        raise ProjectError(f"{program} is missing: run `make mlflow`, which installs it.")
    if not 1 <= port <= 65535:
        raise ProjectError(f"{port} is no port: choose one from 1 to 65535.")
    _require_free(port)
    with tracking.client():  # makes the tables where nothing was trained yet
        pass
    print(f"MLflow's pages: http://127.0.0.1:{port} (Ctrl-C ends them)", flush=True)
    server = ["server", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    places = ["--no-serve-artifacts", "--backend-store-uri", uri]
    ended = command.run([program, *server, *places], environment=os.environ | QUIET, capture=False)
    raise ProjectError(f"MLflow's server ended with {ended.returncode}; its last lines say why.")


def _point_at(address: str) -> None:
    """Name a server's address; one on this machine may be a way there that ends with us."""
    user = os.environ.get("MLFLOW_TRACKING_USERNAME")
    account = f"; the account is {user}, its password in the Secret registry-writer" if user else ""
    print(f"MLflow's pages: {address}{account}", flush=True)
    if urlsplit(address).hostname == "127.0.0.1":
        print("Ctrl-C closes the way there.", flush=True)
        threading.Event().wait()


def _require_free(port: int) -> None:
    with closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise ProjectError(
                f"Port {port} cannot be used ({error.strerror}): choose another, such as "
                f"`make mlflow PORT={port + 1}`."
            ) from None
