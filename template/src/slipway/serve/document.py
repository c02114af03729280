"""The OpenAPI document: FastAPI's routes, those of the protocol beside them, and every status."""

from typing import Any

import msgspec
from fastapi import FastAPI

from ..contract.inputs import Datatype, InputSpec
from ..tasks import Output
from .inputs import wire_type
from .limits import HEAD_BYTES_MAXIMUM
from .parameters import REQUEST_CONTENT_TYPES, content_types
from .scoring import Scorer
from .settings import ServeSettings

Schema = dict[str, Any]

JSON_TYPES: dict[Datatype, str] = {
    "BOOL": "boolean",
    "BYTES": "string",
    "FP32": "number",
    "INT64": "integer",
}
TEXT: Schema = {"type": "string"}
YES_OR_NO: Schema = {"type": "boolean"}
ERROR: Schema = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
VALIDATION = ("HTTPValidationError", "ValidationError")  # FastAPI's own, which never leave


def complete(api: FastAPI, scorer: Scorer, settings: ServeSettings, schemas: Schema) -> None:
    """Make the document of `api` say all that the server does; `schemas` are the types it names."""
    described = api.openapi
    statuses = _statuses(settings)

    def document() -> Schema:
        if api.openapi_schema is None:
            whole = described()
            known = whole.setdefault("components", {}).setdefault("schemas", {})
            for name in VALIDATION:
                known.pop(name, None)
            known.update(schemas, **_protocol_schemas(scorer))
            whole["paths"] |= _protocol(scorer)
            for path, operations in whole["paths"].items():
                for method, operation in operations.items():
                    _add_statuses(path, method, operation["responses"], statuses)
        return api.openapi_schema or {}

    api.openapi = document  # type: ignore[method-assign]


def _statuses(settings: ServeSettings) -> dict[str, str]:
    return {
        "400": "What was sent is not valid; the sentence names the place.",
        "404": "Another model or version than this one is not served here.",
        "408": f"The request did not arrive within {settings.client_seconds} seconds.",
        "413": f"The body is longer than {settings.body_bytes_maximum} bytes.",
        "415": "The body is compressed, which is not understood here.",
        "431": f"The request line and headers are longer than {HEAD_BYTES_MAXIMUM} bytes.",
        "500": "The server failed; its log says why.",
        "503": "Too many requests are active, or the server is about to end; try again.",
    }


def _add_statuses(path: str, method: str, responses: Schema, statuses: dict[str, str]) -> None:
    responses.pop("422", None)  # FastAPI's; the server answers 400 in the form of the protocol
    for status, reason in statuses.items():
        never = (status == "404" and "{" not in path) or (
            status == "503" and method != "post" and path != "/v2/health/ready"
        )
        if not never:
            responses.setdefault(status, {"description": reason, "content": ERROR})


def _protocol(scorer: Scorer) -> Schema:
    """Return the paths of the protocol and of the metrics."""
    model = _object(name=TEXT, ready=YES_OR_NO)
    paths: Schema = {
        "/v2": _get("Describe the server", _reference("ServerMetadata")),
        "/v2/health/live": _get("Tell whether the server lives", _object(live=YES_OR_NO)),
        "/v2/health/ready": _get("Tell whether the server is ready", _object(ready=YES_OR_NO)),
    }
    for path, names in (
        ("/v2/models/{model}", {"model": scorer.name}),
        (
            "/v2/models/{model}/versions/{version}",
            {"model": scorer.name, "version": scorer.version},
        ),
    ):
        given = [_parameter(name, value) for name, value in names.items()]
        paths[path] = _get("Describe the model", _reference("ModelMetadata"), given)
        paths[f"{path}/ready"] = _get("Tell whether the model is ready", model, given)
        paths[f"{path}/infer"] = {"post": _infer(given)}
    paths["/metrics"] = _get("Metrics for Prometheus", TEXT, media_type="text/plain")
    return paths


def _get(
    summary: str,
    schema: Schema,
    parameters: list[Schema] | None = None,
    media_type: str = "application/json",
) -> Schema:
    answer = {"description": "The answer.", "content": {media_type: {"schema": schema}}}
    return {
        "get": {"summary": summary, "parameters": parameters or [], "responses": {"200": answer}}
    }


def _infer(parameters: list[Schema]) -> Schema:
    body = {"application/json": {"schema": _reference("InferRequest")}}
    answered = {"application/json": {"schema": _reference("InferResponse")}}
    return {
        "summary": "Predict rows, as tensors of the Open Inference Protocol",
        "parameters": parameters,
        "requestBody": {"content": body, "required": True},
        "responses": {"200": {"description": "The answer.", "content": answered}},
    }


def _parameter(name: str, value: str) -> Schema:
    return {"name": name, "in": "path", "required": True, "schema": {**TEXT, "enum": [value]}}


def _protocol_schemas(scorer: Scorer) -> Schema:
    specs, outputs = scorer.model.manifest.inputs, list(scorer.outputs.values())
    inputs = {"type": "array", "minItems": 1, "items": {"oneOf": [_tensor(spec) for spec in specs]}}
    wanted = _object(name={**TEXT, "enum": [output.name for output in outputs]})
    about = _object(name=TEXT, datatype=TEXT, shape=_list({"type": "integer"}))
    request = _object(inputs=inputs)
    request["properties"] |= {"id": TEXT, "outputs": _list(wanted)}
    request["properties"]["parameters"] = _parameters(REQUEST_CONTENT_TYPES)
    answered = {"oneOf": [_answered(output) for output in outputs]}
    return {
        "InferRequest": request,
        "InferResponse": _object(
            model_name=TEXT, model_version=TEXT, id=TEXT, outputs=_list(answered)
        ),
        "ServerMetadata": _object(name=TEXT, version=TEXT, extensions=_list(TEXT)),
        "ModelMetadata": _object(
            name=TEXT,
            versions=_list(TEXT),
            platform=TEXT,
            inputs=_list(about),
            outputs=_list(about),
        ),
    }


def _tensor(spec: InputSpec) -> Schema:
    value = msgspec.json.schema(wire_type(spec))
    row = {"type": "array", "items": value, "minItems": 1, "maxItems": 1}
    length = {"type": "integer", "minimum": 1}
    tensor = _object(
        name={**TEXT, "enum": [spec.name]},
        datatype={**TEXT, "enum": [spec.datatype]},
        shape={"type": "array", "items": length, "minItems": 1, "maxItems": 2},
        data={"anyOf": [_list(value), _list(row)]},
    )
    tensor["properties"]["parameters"] = _parameters(content_types(spec))
    return tensor


def _answered(output: Output) -> Schema:
    value: Schema = {"type": JSON_TYPES[output.datatype], "description": output.meaning}
    if output.allowed:
        value["enum"] = list(output.allowed)
    data = _list(_list(value) if output.columns else value)
    return _object(
        name={**TEXT, "enum": [output.name]},
        datatype={**TEXT, "enum": [output.datatype]},
        shape=_list({"type": "integer"}),
        data=data,
    )


def _parameters(known: Any) -> Schema:
    return {"type": "object", "properties": {"content_type": {**TEXT, "enum": list(known)}}}


def _object(**properties: Schema) -> Schema:
    return {"type": "object", "properties": properties, "required": list(properties)}


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _reference(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}
