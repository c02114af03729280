"""Open Inference Protocol v2 over HTTP: health, metadata and inference of the served model.

https://github.com/kserve/open-inference-protocol/blob/main/specification/protocol/inference_rest.md
Two extensions: the data of a nullable input may hold null, and the parameter `explain` of a request
asks for what each input adds to each answer.
"""

from collections.abc import Mapping
from typing import Any

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from ..contract.inputs import InputSpec
from ..tasks import Output
from . import explanations, parameters
from .inputs import to_batch
from .limits import Traffic, read_body
from .scoring import Scorer
from .tensors import TensorReader

PROTOCOL_VERSION = "2"
EXTENSIONS = ["null_data", parameters.EXPLAIN]
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
    server = {"name": scorer.name, "version": PROTOCOL_VERSION, "extensions": EXTENSIONS}
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
        "outputs": [_output_metadata(output) for output in scorer.outputs.values()],
    }
    return _json(about)


class Infer:
    """ASGI endpoint of an inference request; Starlette's request and response would cost a tenth.

    Raises:
        HTTPException: 4xx, the request is not valid, or 500, the answer is no finite number.
        ClientDisconnect: The client left before the request was whole.
    """

    __name__ = "infer"  # of the route in metrics and logs

    def __init__(self, scorer: Scorer, reader: TensorReader) -> None:
        self.scorer = scorer
        self.reader = reader

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        _check_model(self.scorer, scope["path_params"])
        parameters.check_head(scope)
        request = self.reader.decode(await read_body(receive))
        request_id: str = scope["state"]["request_id"]
        batch = to_batch(self.scorer.inputs, self.reader.values(request.inputs), request_id)
        wanted = parameters.explain(request.parameters)
        explained = explanations.tensors(self.scorer.explain(batch)) if wanted else []
        answer = self.scorer.score(batch, request_id)
        names = [output.name for output in request.outputs] or self.scorer.outputs
        body = encode(
            {
                "model_name": self.scorer.name,
                "model_version": self.scorer.version,
                "id": request.id or request_id,
                "outputs": [_output(self.scorer.outputs[name], answer) for name in names]
                + explained,
            }
        )
        headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})


def routes(infer: Infer) -> list[Route]:
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
    _check_model(scorer, request.path_params)
    return scorer


def _check_model(scorer: Scorer, path: Mapping[str, str]) -> None:
    model, version = path["model"], path.get("version", scorer.version)
    if model != scorer.name or version != scorer.version:
        raise HTTPException(
            404,
            f"model {model[:80]!r} version {version[:80]!r} is not served here; "
            f"{scorer.name} version {scorer.version} is.",
        )


def _json(document: Any) -> Response:
    return Response(encode(document), media_type="application/json")


def _input_metadata(spec: InputSpec) -> dict[str, Any]:
    about = msgspec.to_builtins(spec)
    name, datatype = about.pop("name"), about.pop("datatype")
    return {"name": name, "datatype": datatype, "shape": [-1], "parameters": about}


def _output_metadata(output: Output) -> dict[str, Any]:
    about: dict[str, Any] = {"name": output.name, "datatype": output.datatype, "shape": [-1]}
    if output.columns:
        about |= {"shape": [-1, len(output.columns)], "parameters": {"columns": output.columns}}
    return about


def _output(output: Output, answer: dict[str, list[Any]]) -> dict[str, Any]:
    data = answer[output.name]
    shape = [len(data), len(output.columns)] if output.columns else [len(data)]
    return {"name": output.name, "datatype": output.datatype, "shape": shape, "data": data}
