"""A real Prometheus that looks at a real server, with the rules of a project."""

import json
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
import yaml

from slipway.bundle import Model
from tests.engine.components.rooms import text
from tests.engine.serve.bodies import as_rows
from tests.engine.serve.conftest import model, server, start
from tests.engine.serve.process import Server, wait_until

__all__ = ["model", "server", "start"]

SERVING = "components/serving/monitoring"
READY_SECONDS = 120


@pytest.fixture(scope="session")
def prometheus(
    server: Server, model: Model, parcels: object, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """Return the address of one that has seen a minute's worth of requests."""
    directory = tmp_path_factory.mktemp("prometheus")
    with running(directory, server) as address:
        body = as_rows(parcels.head(3), model)  # type: ignore[attr-defined]

        def asked() -> bool:
            server.client.post("/v1/predictions", json={"rows": body})
            return knows(address, "rate(http_requests_total{route='predictions'}[5m]) > 0")

        wait_until(asked, READY_SECONDS)
        yield address


def knows(address: str, query: str) -> bool:
    """Tell whether a query has an answer."""
    try:
        answer = httpx.get(f"{address}/api/v1/query", params={"query": query})
        return bool(answer.json()["data"]["result"])
    except (httpx.HTTPError, ValueError, KeyError):
        return False


@contextmanager
def running(directory: Path, server: Server) -> Iterator[str]:
    """Run Prometheus on a server's metrics, as those of prod."""
    program = shutil.which("prometheus")
    assert program, "prometheus is missing: install the package prometheus."
    target = {
        "targets": [server.client.base_url.netloc.decode()],
        "labels": {"environment": "prod"},
    }
    configuration = {
        "global": {"scrape_interval": "500ms", "evaluation_interval": "500ms"},
        "rule_files": ["*.rules.yaml"],
        "scrape_configs": [{"job_name": "serving", "static_configs": [target]}],
    }
    (directory / "prometheus.yaml").write_text(yaml.safe_dump(configuration))
    for name in ("alerts.yaml", "objectives.rules.yaml"):
        own = f"{name.partition('.')[0]}.rules.yaml"
        (directory / own).write_text(text(f"{SERVING}/{name}"), "utf-8")
    with socket.create_server(("127.0.0.1", 0)) as probe:
        place = f"127.0.0.1:{probe.getsockname()[1]}"
    words = [program, "--config.file=prometheus.yaml", "--storage.tsdb.path=data"]
    words.append(f"--web.listen-address={place}")
    with (
        (directory / "log").open("wb") as log,
        subprocess.Popen(words, cwd=directory, stderr=log, env=dict(os.environ)) as process,
    ):
        try:
            yield f"http://{place}"
        finally:
            process.terminate()


@pytest.fixture
def boards(project: Path) -> Path:
    """Return a project with the dashboard of the server as the template has it, and a small one."""
    place = project / SERVING / "dashboard.json"
    place.parent.mkdir(parents=True)
    place.write_text(text(f"{SERVING}/dashboard.json"), "utf-8")
    return project


def write_board(project: Path, room: str, **panel: object) -> None:
    """Write a dashboard of one panel."""
    drawn: dict[str, object] = {"title": "Only", "type": "stat", "description": "It says."}
    drawn["gridPos"] = {"x": 0, "y": 0, "w": 6, "h": 4}
    drawn["fieldConfig"] = {"defaults": {"unit": "short"}}
    drawn |= panel
    board = {"title": "late-parcels: small", "time": {"from": "now-1h"}, "panels": [drawn]}
    path = project / f"components/{room}/dashboard.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(board), "utf-8")
