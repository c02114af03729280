"""A real agent and a real store on this machine, with the configuration of a project."""

import http.client
import os
import re
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode

from offline import binaries

UID = "11111111-2222-3333-4444-555555555555"
SECONDS = 30


@dataclass(frozen=True)
class Node:
    """A directory of pods' files, and the store that is told of them."""

    pods: Path
    store: str

    def prints(
        self, namespace: str, pod: str, container: str, *lines: str, stream: str = "stdout"
    ) -> None:
        """Write lines as kubelet and containerd do."""
        file = self.pods / f"{namespace}_{pod}_{UID}" / container / "0.log"
        file.parent.mkdir(parents=True, exist_ok=True)
        now = datetime.now(UTC).isoformat().replace("+00:00", "Z")
        with file.open("a") as opened:
            opened.writelines(f"{now} {stream} F {line}\n" for line in lines)

    def knows(self, query: str, lines: int) -> list[str]:
        """Return what the store has, once it has as many lines."""
        deadline = time.monotonic() + SECONDS
        while True:
            words = urlencode({"query": query})
            found = get(self.store, f"/select/logsql/query?{words}").splitlines()
            if len(found) >= lines or time.monotonic() > deadline:
                return found
            time.sleep(0.2)


@contextmanager
def node(room: Path, directory: Path) -> Iterator[Node]:
    """Run the agent of a rendered room, and the store, until the body has ended."""
    (pods := directory / "pods").mkdir(parents=True)
    (directory / "positions").mkdir()
    address = f"127.0.0.1:{free_port()}"
    with ExitStack() as running:
        running.enter_context(store(directory / "data", address))
        wait(address, "/health")
        health = f"127.0.0.1:{free_port()}"
        files = configuration(room, directory, address, health)
        program = binaries.build("otel-collector") / "otelcol"
        running.enter_context(started([program, *files], directory / "agent.txt"))
        wait(health, "/")
        yield Node(pods, address)


@contextmanager
def store(data: Path, address: str) -> Iterator[None]:
    """Run the store alone."""
    program = binaries.build("victoria-logs") / "victoria-logs"
    words: list[str | Path] = [program, f"-storageDataPath={data}", f"-httpListenAddr={address}"]
    with started(words, data.with_suffix(".txt")):
        yield


def configuration(room: Path, directory: Path, address: str, health: str) -> list[str]:
    """Write the agent's files with this machine's places, and return its options."""
    words = []
    for name in ("agent.yaml", "namespaces.yaml"):
        text = (room / "agent" / name).read_text("utf-8")
        text = re.sub("'[^']*'", f"'http://{address}/insert/opentelemetry/v1/logs'", text)
        text = text.replace("/positions", str(directory / "positions"))
        text = text.replace("0.0.0.0:13133", health).replace("/var/log/pods", f"{directory}/pods")
        (directory / name).write_text(text, "utf-8")
        words.append(f"--config={directory / name}")
    return words


@contextmanager
def started(words: list[str | Path], output: Path) -> Iterator[None]:
    """Run a program as long as the body does."""
    with output.open("wb") as file:
        program = subprocess.Popen(words, stdout=file, stderr=file, env=os.environ)
        try:
            yield
        finally:
            program.terminate()
            program.wait(timeout=SECONDS)


def wait(address: str, path: str) -> None:
    """Wait until an address answers well."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        try:
            get(address, path)
            return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"{address} does not answer after {SECONDS} s")


def get(address: str, path: str) -> str:
    """Return what an address answers."""
    connection = http.client.HTTPConnection(address, timeout=SECONDS)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        text = response.read().decode()
        if response.status != http.HTTPStatus.OK:
            raise OSError(f"{response.status} {text}")
        return text
    finally:
        connection.close()


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
