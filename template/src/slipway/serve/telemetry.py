"""Metrics, log lines and traces of every request; never a payload."""

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
TRACE_ID = slice(3, 35)  # of a W3C traceparent: 00-<32 hex>-<16 hex>-<2 hex>
HEX = frozenset("0123456789abcdef")


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
        self.in_flight = gauge("http_requests_in_flight", "Requests not answered yet.")
        self.predictions = counter("predictions", "Rows scored.")
        self.flagged = counter("predictions_flagged", "Rows answered with true.", ("output",))
        self.captured = counter("captured_predictions", "Rows written for the monitor.")
        self.capture_dropped = counter(
            "capture_dropped_predictions", "Rows lost to the monitor.", ("reason",)
        )
        self.capture_queue = gauge("capture_queue_predictions", "Rows waiting to be written.")
        self.model = gauge("model_info", "The served model.", ("name", "version", "digest"))


class RequestIds:
    """Hands out the id of the trace that a request belongs to, 32 hex digits, or a new one."""

    def __init__(self) -> None:
        self.process = secrets.token_hex(8)
        self.numbers = count(1)

    def of(self, scope: Scope) -> str:
        """Return the id for the request of `scope`."""
        if "starlette.opentelemetry" in scope:
            span = trace.get_current_span().get_span_context()
            return trace.format_trace_id(span.trace_id)
        for name, value in scope["headers"]:
            if name == b"traceparent":
                given: str = value.decode("latin-1")[TRACE_ID]
                if len(given) == 32 and HEX.issuperset(given):
                    return given
        return f"{self.process}{next(self.numbers):016x}"


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
        scope.setdefault("state", {})["request_id"] = self.ids.of(scope)
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
            request_id = scope["state"]["request_id"]
            logs.write_request(scope["method"], route, status, milliseconds, request_id)
