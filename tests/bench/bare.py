"""What serving costs at least: Starlette, msgspec and the model; no checks, metrics, logs, capture.

It serves the model in MODEL_DIR on PORT: /features takes the features of rows as numbers, and /rows
takes the same request as the real server.
"""

import os
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from slipway import bundle
from slipway.features import Array

encode = msgspec.json.Encoder().encode
DTYPES = {"BOOL": bool, "FP32": np.float32, "INT64": np.int64}


class Tensor(msgspec.Struct):
    name: str
    shape: list[int]
    datatype: str
    data: list[Any]


class InferRequest(msgspec.Struct):
    inputs: list[Tensor]


def application(model: bundle.Model) -> Starlette:
    """Return the two routes."""
    decoder = msgspec.json.Decoder(InferRequest)
    kinds: dict[str, Any] = {
        spec.name: DTYPES.get(spec.datatype, object) for spec in model.manifest.inputs
    }
    kinds |= {spec.name: "datetime64[m]" for spec in model.manifest.inputs if spec.role == "time"}

    decision = model.manifest.decision

    async def features(request: Request) -> Response:
        (tensor,) = decoder.decode(await request.body()).inputs
        rows = np.array(tensor.data, dtype=np.float32).reshape(tensor.shape)
        return _answer(model.task.predictions(bundle.run(model.session, rows), decision))

    async def rows(request: Request) -> Response:
        tensors = decoder.decode(await request.body()).inputs
        columns = {tensor.name: np.array(tensor.data, kinds[tensor.name]) for tensor in tensors}
        return _answer(model.predict(columns))

    paths = {"/features": features, "/rows": rows}
    return Starlette(routes=[Route(path, paths[path], methods=["POST"]) for path in paths])


def _answer(predictions: Array) -> Response:
    output = {
        "name": "probability",
        "datatype": "FP32",
        "shape": [len(predictions)],
        "data": predictions.tolist(),
    }
    body = encode({"model_name": "bare", "outputs": [output]})
    return Response(body, media_type="application/json")


if __name__ == "__main__":
    uvicorn.run(
        application(bundle.load(Path(os.environ["MODEL_DIR"]))),
        port=int(os.environ["PORT"]),
        loop="uvloop",
        http="httptools",
        ws="none",
        log_level="error",
        access_log=False,
    )
