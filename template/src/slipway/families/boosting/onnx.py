"""From a LightGBM booster to ONNX bytes, the same bytes every time."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lightgbm import Booster

OPSET = 15
LABEL = "label"  # the converter's name of an output that is dropped: the likeliest class


def export(booster: "Booster", features: int) -> bytes:
    """Return the ONNX model: "features" (n, k) float32 in, numbers (n, m) float32 out."""
    import onnxmltools
    from onnxmltools.convert.common.data_types import FloatTensorType

    model = onnxmltools.convert_lightgbm(
        booster,
        initial_types=[("features", FloatTensorType([None, features]))],
        zipmap=False,
        target_opset=OPSET,
    )
    model.graph.name = "model"  # a random name otherwise
    outputs = [output for output in model.graph.output if output.name != LABEL]
    del model.graph.output[:]
    model.graph.output.extend(outputs)
    operators = sorted(model.opset_import, key=lambda used: used.domain)  # a set's order otherwise
    del model.opset_import[:]
    model.opset_import.extend(operators)
    content: bytes = model.SerializeToString(deterministic=True)
    return content
