"""A family of the project's own: least squares in closed form, written to ONNX by hand."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from slipway.errors import ProjectError
from slipway.families import Compressed, Parameters, Resources, TrainingRows
from slipway.features import Array

FITTED = "weights.npy"


class LeastSquares:
    """A family, see `slipway.families.Family`."""

    resources = Resources(cpu="500m", memory="1G")

    def __init__(self, ridge: float) -> None:
        self.parameters: Parameters = {"ridge": ridge}

    def fit(self, rows: TrainingRows, directory: Path) -> str:
        """Solve the normal equations.

        Raises:
            ProjectError: The loss is another one.
        """
        if rows.loss != "squared_error":
            raise ProjectError(f"Least squares cannot minimise {rows.loss}.")
        design = np.column_stack([rows.features, np.ones(len(rows.labels))]).astype(np.float64)
        ridge = float(self.parameters["ridge"]) * np.eye(design.shape[1])
        weights = np.linalg.solve(design.T @ design + ridge, design.T @ rows.labels)
        np.save(directory / FITTED, weights.astype(np.float32))
        return f"{len(weights)} weights"

    def export(self, rows: TrainingRows, directory: Path) -> bytes:
        """Write the weights as they are."""
        return _onnx(np.load(directory / FITTED), np.float32)

    def compressions(self, rows: TrainingRows, directory: Path) -> Iterator[Compressed]:
        """Yield the weights rounded to half the bytes."""
        yield Compressed("rounded-float16", _onnx(np.load(directory / FITTED), np.float16))


def _onnx(weights: Array, kept: type[np.floating]) -> bytes:
    columns = weights[:-1, None].astype(kept)
    constants = {"kept": columns, "bias": weights[-1:].astype(np.float32)}
    graph = helper.make_graph(
        [
            helper.make_node("Cast", ["kept"], ["weights"], to=TensorProto.FLOAT),
            helper.make_node("MatMul", ["features", "weights"], ["product"]),
            helper.make_node("Add", ["product", "bias"], ["estimate"]),
        ],
        "model",
        [helper.make_tensor_value_info("features", TensorProto.FLOAT, [None, len(columns)])],
        [helper.make_tensor_value_info("estimate", TensorProto.FLOAT, [None, 1])],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 15)], ir_version=8)
    onnx.checker.check_model(model)
    content: bytes = model.SerializeToString(deterministic=True)
    return content
