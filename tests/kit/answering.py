"""What Prometheus asks and what Alertmanager tells: a service of made-up metrics, and a person."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

SERVICE = """\
http_requests_total{{route="predictions",status="200"}} {well}
http_requests_total{{route="predictions",status="500"}} {failed}
http_request_duration_seconds_bucket{{route="predictions",le="0.05"}} {quick}
http_request_duration_seconds_bucket{{route="predictions",le="0.5"}} {answered}
http_request_duration_seconds_bucket{{route="predictions",le="+Inf"}} {answered}
capture_dropped_predictions_total{{reason="queue full"}} {lost}
model_trained_until_timestamp_seconds {until}
"""
DAY = 86400  # seconds
GROWS = ("well", "failed", "quick", "answered", "lost")  # counters of a service


@dataclass
class Service:
    """An environment whose counters grow with each scrape; a share of its requests goes wrong."""

    failing: float = 0
    slow: float = 0
    losing: int = 0
    away: bool = False
    trained_days_ago: int = 0
    totals: dict[str, float] = field(default_factory=lambda: dict.fromkeys(GROWS, 0.0))

    def metrics(self) -> str | None:
        """Return what /metrics says, nothing while it is away."""
        if self.away:
            return None
        grown = {"well": 1 - self.failing, "failed": self.failing, "answered": 1}
        grown |= {"quick": 1 - self.slow, "lost": self.losing / 1000}
        for name, share in grown.items():
            self.totals[name] += 1000 * share
        until = time.time() - self.trained_days_ago * DAY
        return SERVICE.format(**self.totals, until=until)


@dataclass
class Controller:
    """The workflow controller: what the last workflows have told it."""

    failed: int = 0
    refusals: int = 0
    quality: float = 0.9
    watched_days_ago: int = 0
    registered_days_ago: int = 0
    away: bool = False

    def metrics(self) -> str | None:
        """Return what /metrics says, nothing while it is away."""
        prefix, labels = "argo_workflows_", '{environment="prod"}'
        figures = {
            "training_failed": self.failed,
            f"model_refusals{labels}": self.refusals,
            f"model_quality{labels}": self.quality,
            f"model_watched_seconds{labels}": time.time() - self.watched_days_ago * DAY,
            f"model_registered_timestamp_seconds{labels}": (
                time.time() - self.registered_days_ago * DAY
            ),
        }
        lines = "".join(f"{prefix}{name} {value}\n" for name, value in figures.items())
        return None if self.away else lines


class Person:
    """Whoever is told: keeps what came by webhook, with the second at which it came."""

    def __init__(self) -> None:
        self.came = threading.Condition()
        self.told: list[tuple[float, dict[str, Any]]] = []
        self.beats: list[float] = []
        self.reachable = True

    def hear(self, path: str, content: dict[str, Any]) -> None:
        """Keep one message; the heartbeat has a path of its own."""
        with self.came:
            if path == "/heartbeat":
                self.beats.append(time.monotonic())
            else:
                self.told.append((time.monotonic(), content))
            self.came.notify_all()

    def wait(self, condition: Callable[[], bool], seconds: float) -> bool:
        """Wait until a condition holds, looked at with each message; tell whether it does."""
        with self.came:
            return self.came.wait_for(condition, seconds)

    def firing(self) -> dict[tuple[str, str], float]:
        """Return when somebody was first told of an alert in an environment, in seconds."""
        first: dict[tuple[str, str], float] = {}
        for at, message in self.told:
            for alert in message["alerts"]:
                labels = alert["labels"]
                if alert["status"] == "firing":
                    first.setdefault((labels["alertname"], labels.get("environment", "")), at)
        return first

    def pages(self, environment: str) -> list[dict[str, Any]]:
        """Return the messages that woke somebody for an environment, updates included."""
        wanted = {"environment": environment, "severity": "page"}
        return [
            message
            for _, message in self.told
            if message["status"] == "firing" and wanted.items() <= message["commonLabels"].items()
        ]


@contextmanager
def listening(answers: dict[str, Any], person: Person) -> Iterator[int]:
    """Serve /metrics of each name in `answers`, and hear what is posted; yield the port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            text = answers[self.path.split("/")[1]].metrics()
            self.send_response(503 if text is None else 200)
            self.send_header("Content-Type", "text/plain; version=0.0.4")
            self.end_headers()
            self.wfile.write((text or "").encode())

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            heard = person.reachable or self.path == "/heartbeat"
            if heard:
                person.hear(self.path, json.loads(body))
            self.send_response(200 if heard else 500)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
