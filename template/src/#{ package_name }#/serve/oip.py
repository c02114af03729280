"""Open Inference Protocol v2 over HTTP: health, metadata and inference of the served model.

https://github.com/kserve/open-inference-protocol/blob/main/specification/protocol/inference_rest.md
One extension: the data of a nullable input may hold null.
"""

from typing import Any

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ..bundle import InputSpec
from .inputs import to_batch
from .limits import Traffic, read_body
from .scoring import Answer, Scorer
from .tensors import TensorReader

PROTOCOL_VERSION = "2"
OUTPUTS = {"probability": "FP32", "act": "BOOL"}  # fields of Answer
encode = msgspec.json.Encoder().encode


async def live(_: Request) -> Response:
    return _json({"live": True})


async def ready(request: Request) -> Response:
    traffic: Traffic = request.app.state.traffic
    if traffic.draining:
        raise HTTPException(503, "the server is about to end.")
    return _json({"ready": True})


async def server_metadata(request: Request) -> Response:
    scorer: Scorer = request.app.state.scorer
    server = {"name": scorer.name, "version": PROTOCOL_VERSION, "extensions": ["null_data"]}
    return _json(server)


async def model_ready(request: Request) -> Response:
    return _json({"name": _served(request).name, "ready": True})


async def model_metadata(request: Request) -> Response:
    scorer = _served(request)
    about = {
        "name": scorer.name,
        "versions": [scorer.version],
        "platform": "onnxruntime_onnx",
        "inputs": [_input_metadata(spec) for spec in scorer.model.manifest.inputs],
        "outputs": [
            {"name": name, "datatype": datatype, "shape": [-1]}
            for name, datatype in OUTPUTS.items()
        ],
    }
    return _json(about)


async def infer(request: Request) -> Response:
    scorer = _served(request)
    reader: TensorReader = request.app.state.reader
    asked = reader.decode(await read_body(request, request.app.state.body_bytes_maximum))
    for wish in asked.outputs:
        if wish.name not in OUTPUTS:
            raise HTTPException(400, f"there is no output {_short(wish.name)}.")
    request_id: str = request.state.request_id
    batch = to_batch(scorer.inputs, reader.values(asked.inputs), request_id)
    answer = scorer.score(batch, request_id)
    names = [wish.name for wish in asked.outputs] or OUTPUTS
    response = {
        "model_name": scorer.name,
        "model_version": scorer.version,
        "id": asked.id or request_id,
        "outputs": [_output(name, answer) for name in names],
    }
    return _json(response)


def routes() -> list[Route]:
    """Return the routes of the protocol, the busiest first; the version in a path is optional."""
    models = ["/v2/models/{model}", "/v2/models/{model}/versions/{version}"]
    return [
        *(Route(f"{model}/infer", infer, methods=["POST"]) for model in models),
        *(Route(f"{model}/ready", model_ready) for model in models),
        *(Route(model, model_metadata) for model in models),
        Route("/v2/health/live", live),
        Route("/v2/health/ready", ready),
        Route("/v2", server_metadata),
        Route("/v2/", server_metadata),
    ]


def _served(request: Request) -> Scorer:
    scorer: Scorer = request.app.state.scorer
    model = request.path_params["model"]
    version = request.path_params.get("version", scorer.version)
    if model != scorer.name or version != scorer.version:
        raise HTTPException(
            404,
            f"model {_short(model)} version {_short(version)} is not served here; "
            f"{scorer.name} version {scorer.version} is.",
        )
    return scorer


def _json(document: Any) -> Response:
    return Response(encode(document), media_type="application/json")


def _short(text: str) -> str:
    return repr(text[:80])


def _input_metadata(spec: InputSpec) -> dict[str, Any]:
    about = msgspec.to_builtins(spec)
    name, datatype = about.pop("name"), about.pop("datatype")
    return {"name": name, "datatype": datatype, "shape": [-1], "parameters": about}


def _output(name: str, answer: Answer) -> dict[str, Any]:
    data: list[Any] = getattr(answer, name)
    return {"name": name, "datatype": OUTPUTS[name], "shape": [len(data)], "data": data}
