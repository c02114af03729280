"""Metrics, log lines and traces of every request; never a payload."""

import secrets
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from itertools import count
from time import perf_counter

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
)
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..logs import context, span
from ..logs.context import Context
from . import logs

LATENCY_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5)
CHANCE = secrets.SystemRandom().random


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
        self.not_finite = counter("predictions_not_finite", "Rows with no finite answer, refused.")
        self.flagged = counter("predictions_flagged", "Rows answered with true.", ("output",))
        self.classified = counter(
            "predictions_classified",
            "Rows by the class that they were answered.",
            ("output", "value"),
        )
        self.trained_until = gauge(
            "model_trained_until_timestamp_seconds",
            "End of the days whose rows made the served model, since 1970.",
        )
        self.model = gauge("model_info", "The served model.", ("name", "version", "digest"))
        self._count_captures()

    def _count_captures(self) -> None:
        counter = partial(Counter, registry=self.registry)
        self.captured = counter("captured_predictions", "Rows written for the monitor.")
        self.capture_dropped = counter(
            "capture_dropped_predictions", "Rows lost to the monitor.", ("reason",)
        )
        for reason in ("not written", "queue full"):
            self.capture_dropped.labels(reason)  # from 0 on: else nobody sees it become more
        self.capture_queue = Gauge(
            "capture_queue_predictions", "Rows waiting to be written.", registry=self.registry
        )


class RequestIds:
    """Makes an id for each request, 32 hex digits, that no other request of any process has."""

    def __init__(self) -> None:
        self.process = secrets.token_hex(8)
        self.numbers = count(1)

    def next(self) -> str:
        """Return a new id; what a client sends has no part in it."""
        return f"{self.process}{next(self.numbers):016x}"


def sent(scope: Scope) -> Context | None:
    """Return the trace that a client says its request belongs to, if it says so.

    Many requests may have the same.
    """
    headers = [value for name, value in scope["headers"] if name == b"traceparent"]
    return context.parse(headers[0].decode("latin-1")) if len(headers) == 1 else None


class Observe:
    """ASGI middleware: give each request an id, count it, time it, log one line.

    Of `share` of the predictions, and of all whose client keeps its own, a span is kept as well.
    """

    def __init__(self, app: ASGIApp, metrics: Metrics, share: float) -> None:
        self.app = app
        self.metrics = metrics
        self.share = share
        self.ids = RequestIds()
        self.children: dict[tuple[str, int], tuple[Counter, Histogram]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and observe the answer."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = perf_counter()
        request_id = self.ids.next()
        client = sent(scope)
        state = scope.setdefault("state", {})
        state["request_id"] = request_id
        state["trace_id"] = client.trace_id if client else request_id
        status = 500

        async def observed_send(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        with self._spanned(scope, client):
            try:
                await self.app(scope, receive, observed_send)
            finally:
                self._record(scope, status, perf_counter() - started)

    def _spanned(self, scope: Scope, client: Context | None) -> AbstractContextManager[None]:
        chosen = scope["method"] == "POST" and CHANCE() < self.share
        if not (client.sampled if client else chosen):
            return nullcontext()
        request_id: str = scope["state"]["request_id"]
        parent = client or Context(request_id, "")
        return span.entered(span.begin("request", parent, request_id=request_id))

    def _record(self, scope: Scope, status: int, seconds: float) -> None:
        route = getattr(scope.get("endpoint"), "__name__", "none")
        children = self.children.get((route, status))
        if children is None:
            counter = self.metrics.requests.labels(route, str(status))
            children = self.children[route, status] = counter, self.metrics.latency.labels(route)
        requests, latency = children
        requests.inc()
        latency.observe(seconds)
        if (whole := span.current()) is not None:
            whole.name = f"{scope['method']} {route}"
            span.note(method=scope["method"], route=route, status=status)
        if scope["method"] == "POST" or status >= 400:
            milliseconds = round(seconds * 1000, 3)
            ids = scope["state"]["request_id"], scope["state"]["trace_id"]
            logs.write_request(scope["method"], route, status, milliseconds, *ids)
