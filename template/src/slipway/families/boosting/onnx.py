"""From a LightGBM booster to ONNX bytes, the same bytes every time."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lightgbm import Booster

OPSET = 15
OUTPUT = "probabilities"  # the converter's name; its other output, the likelier class, is dropped


def export(booster: "Booster", features: int) -> bytes:
    """Return the ONNX model: "features" (n, k) float32 in, "probabilities" (n, 2) float32 out."""
    import onnxmltools
    from onnxmltools.convert.common.data_types import FloatTensorType

    model = onnxmltools.convert_lightgbm(
        booster,
        initial_types=[("features", FloatTensorType([None, features]))],
        zipmap=False,
        target_opset=OPSET,
    )
    model.graph.name = "model"  # a random name otherwise
    outputs = [output for output in model.graph.output if output.name == OUTPUT]
    del model.graph.output[:]
    model.graph.output.extend(outputs)
    operators = sorted(model.opset_import, key=lambda used: used.domain)  # a set's order otherwise
    del model.opset_import[:]
    model.opset_import.extend(operators)
    content: bytes = model.SerializeToString(deterministic=True)
    return content
