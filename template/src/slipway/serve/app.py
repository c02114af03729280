"""The application: the protocol's routes on plain Starlette, all others on FastAPI behind them."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from prometheus_client import generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ..bundle import Model
from ..logs import otlp
from . import failures, oip, predictions
from .capture import Capture
from .limits import Limits, Traffic
from .scoring import Scorer
from .settings import ServeSettings
from .telemetry import Metrics, Observe
from .tensors import TensorReader


def create(model: Model, settings: ServeSettings, traffic: Traffic) -> Starlette:
    """Return the application that serves `model`.

    Raises:
        ProjectError: The store for captures cannot be opened.
    """
    otlp.processor()  # makes it now, not while a request waits
    metrics = Metrics()
    metrics.active_requests.set_function(lambda: len(traffic.requests))
    version = settings.model_version or model.model_digest[:12]
    capture = _capture(model, settings, metrics)
    scorer = Scorer(model, version, metrics, capture)
    infer = oip.Infer(
        scorer, TensorReader(model.manifest.inputs, model.task.outputs, settings.rows_maximum)
    )
    app = Starlette(
        routes=[*oip.routes(infer), Route("/metrics", _metrics)],
        middleware=[
            Middleware(Observe, metrics=metrics, share=settings.trace_share),
            Middleware(Limits, settings=settings),
        ],
        lifespan=_lifespan(capture),
    )
    app.state.scorer, app.state.traffic = scorer, traffic
    app.router.default = api = predictions.create(scorer, settings)
    for part in (app, api):
        failures.register(part)
        part.router.redirect_slashes = False
    return app


def _capture(model: Model, settings: ServeSettings, metrics: Metrics) -> Capture | None:
    if not (settings.capture_store and settings.capture_seconds):
        return None
    return Capture(settings, model, metrics)


def _lifespan(
    capture: Capture | None,
) -> Callable[[Starlette], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        if capture is not None:
            capture.start()
        yield
        if capture is not None:
            capture.close()

    return lifespan


async def _metrics(request: Request) -> Response:
    scorer: Scorer = request.app.state.scorer
    text = generate_latest(scorer.metrics.registry)
    return Response(text, media_type=CONTENT_TYPE_PLAIN_0_0_4)
