"""POST /v1/predictions: rows in, a decision a row out, typed by the model's inputs.

It is a FastAPI application, so that /docs and /openapi.json describe it and a project's own routes.
"""

from collections.abc import Callable
from typing import Annotated, Any, Literal

import msgspec
from fastapi import FastAPI, Request, Response
from msgspec import Meta

from .. import routes
from ..contract.inputs import Datatype, InputSpec
from ..tasks import Output
from . import document, pages
from .inputs import decode, taken_type, to_batch, wire_type
from .limits import read_body
from .scoring import Scorer
from .settings import ServeSettings

encode = msgspec.json.Encoder().encode

PROOF_HEADER = "Slipway-Proof"  # of a request that proves a release: the digest of its manifest

PYTHON_TYPES: dict[Datatype, Any] = {"BOOL": bool, "BYTES": str, "FP32": float, "INT64": int}


class ServedModel(msgspec.Struct):
    """The model that made the predictions."""

    name: str
    version: str
    digest: str


class Error(msgspec.Struct):
    """Why there is no prediction."""

    error: str


def request_type(
    specs: list[InputSpec], rows_maximum: int, type_of: Callable[[InputSpec], Any] = taken_type
) -> type[Any]:
    """Return the type of the body: {"rows": [...]} of 1 to `rows_maximum` rows.

    Only the key may be left out of a row, and nothing may be added.
    """
    fields: list[tuple[str, Any] | tuple[str, Any, Any]] = [
        (spec.name, type_of(spec) | msgspec.UnsetType, msgspec.UNSET)
        if spec.role == "key"
        else (spec.name, type_of(spec))
        for spec in specs
    ]
    row: Any = msgspec.defstruct("Row", fields, kw_only=True, forbid_unknown_fields=True)
    rows = Annotated[list[row], Meta(min_length=1, max_length=rows_maximum)]
    return msgspec.defstruct("PredictionsRequest", [("rows", rows)], forbid_unknown_fields=True)


def response_type(outputs: tuple[Output, ...]) -> type[Any]:
    """Return the type of the answer: the model, and a prediction a row in the order of the rows."""
    fields = [("key", str)] + [(output.name, _answer_type(output)) for output in outputs]
    prediction: Any = msgspec.defstruct("Prediction", fields)
    return msgspec.defstruct(
        "PredictionsResponse", [("model", ServedModel), ("predictions", list[prediction])]
    )


def _answer_type(output: Output) -> Any:
    one: Any = Literal[output.allowed] if output.allowed else PYTHON_TYPES[output.datatype]
    whole = list[one] if output.columns else one
    return Annotated[whole, Meta(description=output.meaning)]


def create(scorer: Scorer, settings: ServeSettings) -> FastAPI:
    """Return the application with this route, those of the project, and the pages about them."""
    specs = scorer.model.manifest.inputs
    decoder = msgspec.json.Decoder(request_type(specs, settings.rows_maximum))
    served = ServedModel(scorer.name, scorer.version, scorer.model.model_digest)
    api = FastAPI(title=scorer.name, version=scorer.version, docs_url=None, redoc_url=None)

    async def predictions(request: Request) -> Response:
        rows = decode(decoder, await read_body(request.receive)).rows
        values = {spec.name: [getattr(row, spec.name) for row in rows] for spec in specs}
        request_id: str = request.state.request_id
        batch = to_batch(scorer.inputs, values, request_id)
        proof = request.headers.get(PROOF_HEADER) == scorer.model.manifest_digest
        answer = scorer.score(batch, request_id, proves_release=proof)
        listed = _listed(batch.keys, answer)
        answered = {"model": served, "predictions": listed}
        return Response(encode(answered), media_type="application/json")

    shown_type = request_type(specs, settings.rows_maximum, wire_type)
    types = (shown_type, response_type(scorer.model.task.outputs), Error)
    components = _add(api, predictions, types)
    routes.add_own(api)
    pages.add(api)
    document.complete(api, scorer, settings, components)
    return api


def _listed(keys: list[str], answer: dict[str, list[Any]]) -> list[dict[str, Any]]:
    names = ("key", *answer)
    return [dict(zip(names, row, strict=True)) for row in zip(keys, *answer.values(), strict=True)]


def _add(api: FastAPI, endpoint: Any, types: tuple[Any, ...]) -> dict[str, Any]:
    """Add the route; return the schemas of the types of its body, answer and error."""
    schemas, components = msgspec.json.schema_components(
        types, ref_template="#/components/schemas/{name}"
    )
    body, answer, _ = ({"content": {"application/json": {"schema": it}}} for it in schemas)
    api.post(
        "/v1/predictions",
        summary="Predict rows",
        responses={200: answer},
        openapi_extra={"requestBody": {**body, "required": True}},
    )(endpoint)
    return components
