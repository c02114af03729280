"""From a network to ONNX bytes, the same bytes every time, that answer as the network does."""

import io
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from ...bundle import open_session, run
from ...errors import ProjectError
from ...features import Matrix
from .library import import_torch

if TYPE_CHECKING:
    from .modules import Answering

OPSET = 17
COMPARED_ROWS = (1, 64)  # a call has one row or several, and the trace is of two
TOLERANCE = 1e-3  # of a probability, or of the deviation of the numbers to predict
ROUNDING = 1e-5  # of float32 numbers that are summed in another order


def export(network: "Answering", features: Matrix) -> bytes:
    """Return the ONNX model: "features" (n, k) float32 in, answers (n, m) float32 out.

    Raises:
        ProjectError: The exporter does not know an operation, or the ONNX model does not answer
            rows of `features` as the network does.
    """
    network = network.cpu().eval()
    content = _normal(_traced(network))
    session = open_session(content)
    for count in COMPARED_ROWS:
        _require_same(session, network, features[:count])
    return content


def _traced(network: "Answering") -> bytes:
    """Return the model as the tracing exporter writes it.

    It needs no package besides onnx, and every PyTorch from 2.6 on has it.
    """
    torch = import_torch()
    content = io.BytesIO()
    example = torch.zeros(2, len(network.mean))
    try:
        with warnings.catch_warnings(action="ignore"):  # that there is a newer exporter
            torch.onnx.export(
                network,
                (example,),
                content,
                dynamo=False,
                opset_version=OPSET,
                input_names=["features"],
                output_names=["answers"],
                dynamic_axes={"features": {0: "n"}, "answers": {0: "n"}},
            )
    except torch.onnx.errors.OnnxExporterError as error:
        reason = str(error).strip().partition("\n")[0].partition(". ")[0].rstrip(".")
        raise ProjectError(
            f"{_name(network)} cannot be written as the ONNX model that is served: {reason}; use "
            "other operations of PyTorch in its forward()."
        ) from None
    return content.getvalue()


def _normal(traced: bytes) -> bytes:
    """Return the model without what depends on the version or the place of PyTorch."""
    import onnx

    model = onnx.load_model_from_string(traced)
    model.producer_version = ""
    model.graph.name = "model"
    for node in model.graph.node:
        node.ClearField("doc_string")
    serialised: bytes = model.SerializeToString(deterministic=True)
    return serialised


def _require_same(session: Any, network: "Answering", features: Matrix) -> None:
    torch = import_torch()
    with torch.no_grad():
        own = network(torch.from_numpy(features)).numpy()
    tolerance = TOLERANCE * float(network.target[1])
    try:
        told = run(session, features)
        same = np.allclose(told, own, ROUNDING, tolerance, equal_nan=True)
    except Exception:  # onnxruntime's own exceptions share no base class
        same = False
    if not same:
        raise ProjectError(
            f"{_name(network)} answers {len(features)} rows otherwise than its ONNX model: its "
            "forward() is traced once, so what it does must not depend on values or on how many "
            "rows there are, and in evaluation it may draw nothing at random."
        )


def _name(network: "Answering") -> str:
    return type(network.body).__qualname__
