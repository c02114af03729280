"""A month of requests through the real model server."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import polars as pl

from .. import loopback
from ..command import outside_hooks
from ..errors import ProjectError
from .stage import ENGINE

BATCH = 1000
START_SECONDS = 300  # a machine that is busy with something else takes its time
STOP_SECONDS = 15


@contextmanager
def server(
    environment: str, root: Path, variables: dict[str, str], log: Path
) -> Iterator[httpx.Client]:
    """Serve what an environment of the project at `root` has released, until the block ends.

    Raises:
        ProjectError: The server ended or did not become ready in time.
    """
    port = _free_port()
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", ENGINE, "serve", "--env", environment, "--port", str(port)],
            cwd=root,
            env=outside_hooks(variables),
            stdout=output,
            stderr=output,
        )
    try:
        with client_of(f"http://127.0.0.1:{port}") as client:
            _wait_until_ready(process, client, f"the server of {environment}", log)
            yield client
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def client_of(url: str) -> httpx.Client:
    """Return a client of the service at `url`; no proxy stands before one on this machine.

    Raises:
        ProjectError: This is no address, or the variables that name proxies or certificates are
            wrong.
    """
    try:
        here = httpx.URL(url).host in loopback.HOSTS
        return httpx.Client(base_url=url, timeout=30, trust_env=not here)
    except (httpx.InvalidURL, ImportError, OSError, ValueError) as error:
        raise ProjectError(
            f"No client can be made for {url} ({error}): correct the address, or what HTTP_PROXY, "
            "HTTPS_PROXY, ALL_PROXY and SSL_CERT_FILE say."
        ) from None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_until_ready(
    process: subprocess.Popen[bytes], client: httpx.Client, name: str, log: Path
) -> None:
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None:
        if time.monotonic() > deadline:
            raise ProjectError(f"{name} was not ready within {START_SECONDS} s, see {log}.")
        try:
            if client.get("/v2/health/ready").is_success:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    raise ProjectError(f"{name} ended before it was ready, see {log}.")


def score(client: httpx.Client, model: str, rows: pl.DataFrame) -> Iterator[int]:
    """Send every row to the model in batches; yield the number of rows after each answer.

    Raises:
        ProjectError: The server refused a batch.
    """
    inputs = client.get(f"/v2/models/{model}").raise_for_status().json()["inputs"]
    for batch in rows.iter_slices(BATCH):
        answer = client.post(f"/v2/models/{model}/infer", json=_request(batch, inputs))
        if not answer.is_success:
            raise ProjectError(f"the server answered {answer.status_code}: {answer.text}")
        yield len(batch)


def _request(rows: pl.DataFrame, inputs: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the rows as one Open Inference Protocol request, a tensor a column."""
    as_text = rows.with_columns(pl.col(pl.Datetime).dt.strftime("%Y-%m-%dT%H:%M"))
    return {
        "inputs": [
            {
                "name": tensor["name"],
                "datatype": tensor["datatype"],
                "shape": [len(rows)],
                "data": as_text[tensor["name"]].to_list(),
            }
            for tensor in inputs
        ]
    }
