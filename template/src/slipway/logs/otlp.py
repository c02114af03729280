"""Spans for a collector: OTEL_EXPORTER_OTLP_ENDPOINT says where one takes them over HTTP."""

import atexit
import os
from functools import cache
from typing import TYPE_CHECKING, Any

from . import record

if TYPE_CHECKING:
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    from .span import Span

ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"
NAMES = {  # of OpenTelemetry's conventions, https://opentelemetry.io/docs/specs/semconv/
    "error": "error.type",
    "method": "http.request.method",
    "route": "http.route",
    "status": "http.response.status_code",
}
ORIGIN = {
    "project": "service.name",
    "model_version": "service.version",
    "environment": "deployment.environment.name",
}


@cache
def processor() -> "BatchSpanProcessor | None":
    """Return what sends spans in the background; nothing where no collector is named."""
    if not os.environ.get(ENDPOINT):
        return None
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    sender = BatchSpanProcessor(OTLPSpanExporter())
    atexit.register(sender.shutdown)
    return sender


def send(span: "Span", ended: float) -> None:
    """Hand a span on that ended at `ended`, in seconds since 1970."""
    if (sender := processor()) is not None:
        sender.on_end(_readable(span, ended))


def _readable(span: "Span", ended: float) -> Any:
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import ReadableSpan
    from opentelemetry.trace import SpanContext, SpanKind, Status, StatusCode, TraceFlags

    def context(span_id: str) -> SpanContext:
        numbers = int(span.context.trace_id, 16), int(span_id, 16)
        return SpanContext(*numbers, is_remote=False, trace_flags=TraceFlags(TraceFlags.SAMPLED))

    origin = record.origin()
    return ReadableSpan(
        name=span.name,
        context=context(span.context.span_id),
        parent=context(span.parent) if span.parent else None,
        resource=Resource.create({ORIGIN[key]: origin[key] for key in ORIGIN if key in origin}),
        attributes={NAMES.get(key, key): value for key, value in span.fields.items()},
        kind=SpanKind.SERVER if "route" in span.fields else SpanKind.INTERNAL,
        status=Status(StatusCode.ERROR if "error" in span.fields else StatusCode.UNSET),
        start_time=round(span.started * 1e9),
        end_time=round(ended * 1e9),
    )
