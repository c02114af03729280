"""A model server in a process of its own, and what it leaves behind."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import msgspec
import polars as pl

from slipway import serve

DEADLINE_SECONDS = 30
LISTENING = re.compile(r'"http://127\.0\.0\.1:([0-9]+)"')


@dataclass
class Server:
    """A server process and what it leaves behind."""

    process: subprocess.Popen[bytes]
    client: httpx.Client
    port: int
    log: Path
    captures: Path

    def lines(self) -> list[dict[str, Any]]:
        """Return what it has logged."""
        return [msgspec.json.decode(line) for line in self.log.read_bytes().splitlines()]

    def predictions(self) -> list[dict[str, Any]]:
        """Return what it has captured."""
        files = sorted(self.captures.glob("*/*/*.parquet"))
        return [row for file in files for row in pl.read_parquet(file).to_dicts()]

    def metric(self, sample: str) -> float:
        """Return the value of one sample, 0 if it does not exist yet."""
        for line in self.client.get("/metrics").text.splitlines():
            name, _, value = line.rpartition(" ")
            if name == sample:
                return float(value)
        return 0

    def end(self) -> int:
        """Ask the process to end and return its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(DEADLINE_SECONDS)


Start = Callable[..., AbstractContextManager[Server]]


def wait_until(condition: Callable[[], bool], seconds: float = DEADLINE_SECONDS) -> None:
    """Return as soon as `condition` holds; fail after so many seconds."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "the condition did not come true in time"
        time.sleep(0.01)


def command() -> list[str]:
    """Return the command that serves what the environment names."""
    return [sys.executable, "-m", serve.__name__]


def environment(directory: Path, **variables: str) -> dict[str, str]:
    """Return the environment of a server of the model in `directory`."""
    return {**os.environ, "LOG_FORMAT": "json", "MODEL_DIR": str(directory), **variables}


def assert_refused(server: Server, route: str, body: bytes) -> httpx.Response:
    """Send `body` over a connection of its own; the answer is 4xx in the protocol's form."""
    response = server.client.post(route, content=body, headers={"Connection": "close"})
    assert 400 <= response.status_code < 500, response.text
    assert list(response.json()) == ["error"]
    assert server.process.poll() is None
    return response


@contextmanager
def running(directory: Path, place: Path, **variables: str) -> Iterator[Server]:
    """Run a server of the model in `directory` until the block ends; `place` is for its files."""
    log, captures = place / "log.jsonl", place / "captures"
    defaults = {"CAPTURE_STORE": str(captures), "CAPTURE_SECONDS": "0.5", "PORT": "0"}
    with log.open("wb") as output:
        process = subprocess.Popen(
            command(),
            env=environment(directory, **defaults | variables),
            stdout=output,
            stderr=output,
        )
    try:
        wait_until(lambda: process.poll() is not None or _port(log) > 0)
        assert process.poll() is None, log.read_text()
        port = _port(log)
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=DEADLINE_SECONDS) as client:
            wait_until(lambda: process.poll() is not None or _is_ready(client))
            assert process.poll() is None, log.read_text()
            yield Server(process, client, port, log, captures)
    finally:
        process.kill()
        process.wait()


def _port(log: Path) -> int:
    """Return the port that the server says it listens on, 0 before it does.

    One that was chosen here might be taken by another server before this one binds it.
    """
    said = LISTENING.search(log.read_text())
    return int(said[1]) if said else 0


def _is_ready(client: httpx.Client) -> bool:
    try:
        return client.get("/v2/health/ready").is_success
    except httpx.TransportError:
        return False
