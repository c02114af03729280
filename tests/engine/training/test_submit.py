"""Submit the compiled pipeline to an API that answers like Kubeflow's."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest

from slipway import kubeflow
from slipway.errors import ProjectError
from slipway.settings import settings
from slipway.training import cluster, manifests
from tests.engine.kit import AS_OF

EXPERIMENT = {"experiment_id": "e1", "display_name": cluster.EXPERIMENT}


class Kubeflow(BaseHTTPRequestHandler):
    """Knows one experiment and the runs of it; each run succeeds at once.

    The next `failures` questions for a run end in an error, as while its database restarts.
    """

    runs: ClassVar[list[dict[str, Any]]] = []
    failures: ClassVar[int] = 0

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if path.endswith("/experiments"):
            self._answer({"experiments": [EXPERIMENT]})
        elif path.endswith("/experiments/e1"):
            self._answer(EXPERIMENT)
        elif path.endswith("/runs"):
            self._answer({"runs": self.runs})
        elif "/runs/" in path and Kubeflow.failures:
            Kubeflow.failures -= 1
            self._answer({"code": 13, "message": "connection timed out"}, 500)
        elif "/runs/" in path:
            self._answer({"run_id": path.rpartition("/")[2], "state": "SUCCEEDED"})
        else:
            self._answer({})

    def do_POST(self) -> None:
        run = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.runs.append(run | {"run_id": f"r{len(self.runs) + 1}", "state": "SUCCEEDED"})
        self._answer(self.runs[-1])

    def _answer(self, content: dict[str, Any], status: int = 200) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Keep the test's output quiet."""


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[list[dict[str, Any]]]:
    """Return the runs of a Kubeflow that KFP_ADDRESS names, and compile the pipeline for it."""
    package, *_ = manifests.write(tmp_path)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Kubeflow)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setattr(Kubeflow, "runs", [])
    monkeypatch.setenv("KFP_ADDRESS", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setenv("PIPELINE_PACKAGE", str(package))
    settings.cache_clear()
    yield Kubeflow.runs
    server.shutdown()


@pytest.mark.usefixtures("empty_registry")
def test_a_run_is_told_the_day_and_the_digest_of_its_pipeline(runs: list[dict[str, Any]]) -> None:
    cluster.run(AS_OF)
    (run,) = runs
    told = run["runtime_config"]["parameters"]
    assert told["as_of"] == "2024-05-01"
    assert run["display_name"] == f"as of 2024-05-01, pipeline {told['pipeline_digest'][:12]}"
    assert set(run["pipeline_spec"]) == {"pipeline_spec", "platform_spec"}


@pytest.mark.usefixtures("empty_registry")
def test_whoever_was_interrupted_waits_for_the_run_that_is_under_way(
    runs: list[dict[str, Any]],
) -> None:
    cluster.run(AS_OF)
    runs[0]["state"] = "RUNNING"
    cluster.run(AS_OF)
    assert len(runs) == 1
    runs[0]["state"] = "SUCCEEDED"
    cluster.run(AS_OF)
    assert len(runs) == 2


@pytest.mark.usefixtures("empty_registry")
def test_an_api_that_is_away_for_a_moment_is_waited_for(
    runs: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kubeflow, "POLL_SECONDS", 0.1)
    monkeypatch.setattr(Kubeflow, "failures", 2)
    cluster.run(AS_OF)
    assert (len(runs), Kubeflow.failures) == (1, 0)


def test_an_api_that_stays_away_is_named_with_the_run(
    runs: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kubeflow, "POLL_SECONDS", 0.1)
    monkeypatch.setattr(kubeflow, "AWAY_SECONDS", 0)
    monkeypatch.setattr(Kubeflow, "failures", 100)
    with pytest.raises(ProjectError, match="run r1 may go on"):
        cluster.run(AS_OF)


def test_another_pipeline_than_the_release_names_is_refused(
    runs: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIPELINE_DIGEST", "0" * 64)
    settings.cache_clear()
    with pytest.raises(ProjectError, match="the release names 000000000000"):
        cluster.run(AS_OF)
    assert runs == []
