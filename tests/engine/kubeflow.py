"""An API that answers like Kubeflow's."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

Run = dict[str, Any]
EXPERIMENT = {"experiment_id": "e1"}


class Kubeflow(BaseHTTPRequestHandler):
    """Knows one experiment and the runs of it; each run succeeds at once.

    `step` is what a run does with its parameters. The next `failures` questions for a run end in an
    error, as while its database restarts.
    """

    runs: ClassVar[list[Run]] = []
    failures: ClassVar[int] = 0
    step: ClassVar[Callable[..., None] | None] = None

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
        if Kubeflow.step is not None:
            Kubeflow.step(**run["runtime_config"]["parameters"])
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


@contextmanager
def running() -> Iterator[str]:
    """Yield the address of one that knows no run."""
    Kubeflow.runs, Kubeflow.failures, Kubeflow.step = [], 0, None
    with ThreadingHTTPServer(("127.0.0.1", 0), Kubeflow) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
