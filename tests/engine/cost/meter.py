"""A real Prometheus with a project's rules: it remembers some days, and looks at known pods."""

import shutil
import socket
import subprocess
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import yaml

from tests.engine.components.rooms import text
from tests.engine.serve.process import wait_until

ROOM = "components/monitoring"
RATES = {"on-demand": (0.04048, 0.004445, 0.57176), "spot": (0.02024, 0.0022225, 0.28588)}
RESOURCES = ("cpu", "memory", "nvidia_com_gpu")
STEP_SECONDS = 1800  # between the samples of what it remembers
READY_SECONDS = 60


def series(name: str, value: float, **labels: str) -> str:
    """Return a line of an exporter."""
    told = ",".join(f'{key}="{text}"' for key, text in labels.items())
    return f"{name}{{{told}}} {value!r}"


def history(lines: Iterable[tuple[str, dict[str, str], dict[int, float]]]) -> str:
    """Return values at times, in seconds, as promtool reads them."""
    told = [f"# TYPE {name} gauge" for name in dict.fromkeys(name for name, *_ in lines)]
    for name, labels, values in lines:
        told += [f"{series(name, value, **labels)} {at}" for at, value in values.items()]
    return "\n".join([*told, "# EOF\n"])


@contextmanager
def exporter(lines: list[str]) -> Iterator[str]:
    """Yield host and port of what shows the lines."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/plain; version=0.0.4")
            self.end_headers()
            self.wfile.write("".join(f"{line}\n" for line in lines).encode())

        def log_message(self, *_: Any) -> None:
            """Keep the test's output quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{server.server_port}"
        server.shutdown()


def _prices() -> str:
    """Return the rules of prices, filled in as kustomize does it."""
    parts = text(f"{ROOM}/cost/prices.yaml").split('"')
    parts[1::2] = [str(price) for rates in RATES.values() for price in rates]
    return '"'.join(parts)


def _configure(directory: Path, target: str) -> None:
    """Write what a project's Prometheus reads, but for the exporter's address and the pace."""
    (job,) = yaml.safe_load(text(f"{ROOM}/scrape-pods.yaml"))["scrape_configs"]
    job["static_configs"] = [{"targets": [target]}]
    pace = {"scrape_interval": "500ms", "evaluation_interval": "500ms"}
    configuration = {"global": pace, "rule_files": ["*.rules.yaml"], "scrape_configs": [job]}
    (directory / "prometheus.yaml").write_text(yaml.safe_dump(configuration), "utf-8")
    (directory / "cost.rules.yaml").write_text(text(f"{ROOM}/cost/rules.yaml"), "utf-8")
    (directory / "prices.rules.yaml").write_text(_prices(), "utf-8")


@contextmanager
def prometheus(directory: Path, remembered: str, shown: list[str]) -> Iterator[str]:
    """Yield the address of one that remembers, and has looked at what an exporter shows."""
    program, tool = shutil.which("prometheus"), shutil.which("promtool")
    assert program, "prometheus is missing: install the package prometheus."
    assert tool, "promtool is missing: install the package prometheus."
    (directory / "history").write_text(remembered, "utf-8")
    blocks = (tool, "tsdb", "create-blocks-from", "openmetrics", "history", "data")
    subprocess.run(blocks, cwd=directory, check=True, capture_output=True)
    with socket.create_server(("127.0.0.1", 0)) as probe:
        place = f"127.0.0.1:{probe.getsockname()[1]}"
    options = {"config.file": "prometheus.yaml", "storage.tsdb.path": "data"}
    options |= {"storage.tsdb.retention.time": "30d", "web.listen-address": place}
    words = [f"--{name}={value}" for name, value in options.items()]
    with exporter(shown) as target:
        _configure(directory, target)
        with subprocess.Popen([program, *words], cwd=directory, stderr=subprocess.PIPE) as process:
            try:
                wait_until(lambda: _counts(f"http://{place}"), READY_SECONDS)
                yield f"http://{place}"
            finally:
                process.terminate()
                process.communicate()


def _counts(address: str) -> bool:
    """Tell whether it has computed what live pods reserve."""
    try:
        answer = httpx.get(f"{address}/api/v1/query", params={"query": "pod:reserved:total"})
        return bool(answer.json()["data"]["result"])
    except (httpx.HTTPError, ValueError, KeyError):
        return False
