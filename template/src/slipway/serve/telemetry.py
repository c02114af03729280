"""Metrics, log lines and traces of every request; never a payload."""

import re
import secrets
from functools import partial
from itertools import count
from time import perf_counter

from opentelemetry import trace
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
)
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from . import logs

LATENCY_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5)
TRACEPARENT = re.compile(  # of W3C; a later version may say more, all-zero ids are invalid
    rb"(?P<version>(?!ff)[0-9a-f]{2})-(?P<trace>(?!0{32})[0-9a-f]{32})-(?!0{16})[0-9a-f]{16}"
    rb"-[0-9a-f]{2}(?P<later>-.*)?"
)


class Metrics:
    """The service's metrics in a registry of their own."""

    def __init__(self) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        counter = partial(Counter, registry=self.registry)
        gauge = partial(Gauge, registry=self.registry)
        self.requests = counter("http_requests", "Answered requests.", ("route", "status"))
        self.latency = Histogram(
            "http_request_duration_seconds",
            "Time from the head of a request to its answer.",
            ("route",),
            buckets=LATENCY_SECONDS,
            registry=self.registry,
        )
        self.active_requests = gauge("http_requests_active", "Requests not answered yet.")
        self.predictions = counter("predictions", "Rows scored.")
        self.flagged = counter("predictions_flagged", "Rows answered with true.", ("output",))
        self.classified = counter(
            "predictions_classified",
            "Rows by the class that they were answered.",
            ("output", "value"),
        )
        self.captured = counter("captured_predictions", "Rows written for the monitor.")
        self.capture_dropped = counter(
            "capture_dropped_predictions", "Rows lost to the monitor.", ("reason",)
        )
        self.capture_queue = gauge("capture_queue_predictions", "Rows waiting to be written.")
        self.model = gauge("model_info", "The served model.", ("name", "version", "digest"))


class RequestIds:
    """Makes an id for each request, 32 hex digits, that no other request of any process has."""

    def __init__(self) -> None:
        self.process = secrets.token_hex(8)
        self.numbers = count(1)

    def next(self) -> str:
        """Return a new id; what a client sends has no part in it."""
        return f"{self.process}{next(self.numbers):016x}"


def trace_of(scope: Scope) -> str:
    """Return the id of the trace that a request belongs to, "" for none; for logs only.

    Clients choose it, and many requests may have the same.
    """
    if "starlette.opentelemetry" in scope:
        return trace.format_trace_id(trace.get_current_span().get_span_context().trace_id)
    sent = [value for name, value in scope["headers"] if name == b"traceparent"]
    parts = TRACEPARENT.fullmatch(sent[0]) if len(sent) == 1 else None
    if parts is None or (parts["version"] == b"00" and parts["later"]):
        return ""
    return parts["trace"].decode()


class Observe:
    """ASGI middleware: give each request an id, count it, time it, log one line."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app = app
        self.metrics = metrics
        self.ids = RequestIds()
        self.children: dict[tuple[str, int], tuple[Counter, Histogram]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and observe the answer."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = perf_counter()
        request_id = self.ids.next()
        state = scope.setdefault("state", {})
        state["request_id"], state["trace_id"] = request_id, trace_of(scope) or request_id
        status = 500

        async def observed_send(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, observed_send)
        finally:
            self._record(scope, status, perf_counter() - started)

    def _record(self, scope: Scope, status: int, seconds: float) -> None:
        route = getattr(scope.get("endpoint"), "__name__", "none")
        children = self.children.get((route, status))
        if children is None:
            counter = self.metrics.requests.labels(route, str(status))
            children = self.children[route, status] = counter, self.metrics.latency.labels(route)
        requests, latency = children
        requests.inc()
        latency.observe(seconds)
        if scope["method"] == "POST" or status >= 400:
            milliseconds = round(seconds * 1000, 3)
            ids = scope["state"]["request_id"], scope["state"]["trace_id"]
            logs.write_request(scope["method"], route, status, milliseconds, *ids)
