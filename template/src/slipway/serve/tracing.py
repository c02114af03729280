"""Traces by OpenTelemetry, only when OTEL_EXPORTER_OTLP_ENDPOINT says where they go."""

import os

from starlette.middleware import Middleware

SAMPLED_SHARE = 0.05  # of requests whose caller has not decided; OTEL_TRACES_SAMPLER overrides
PROBES = ("/v2/health/", "/metrics$")


def middleware(service: str, version: str) -> list[Middleware]:
    """Return what makes one span of each request, or nothing when nobody collects them."""
    if not os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT"):
        return []
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor
    from opentelemetry.sdk.trace.sampling import ParentBasedTraceIdRatio
    from starlette.middleware.opentelemetry import OpenTelemetryMiddleware

    chosen = "OTEL_TRACES_SAMPLER" in os.environ
    provider = TracerProvider(
        sampler=None if chosen else ParentBasedTraceIdRatio(SAMPLED_SHARE),
        resource=Resource.create({"service.name": service, "service.version": version}),
    )
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return [Middleware(OpenTelemetryMiddleware, tracer_provider=provider, excluded_urls=PROBES)]
