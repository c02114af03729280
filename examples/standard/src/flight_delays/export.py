"""From a LightGBM booster to ONNX bytes, the same bytes every time."""

from typing import TYPE_CHECKING

from .features import FEATURES

if TYPE_CHECKING:
    from lightgbm import Booster

OPSET = 15


def to_onnx(booster: "Booster") -> bytes:
    """Return the ONNX model: "features" (n, 12) float32 in, "probabilities" (n, 2) out."""
    import onnxmltools
    from onnxmltools.convert.common.data_types import FloatTensorType

    model = onnxmltools.convert_lightgbm(
        booster,
        initial_types=[("features", FloatTensorType([None, len(FEATURES)]))],
        zipmap=False,
        target_opset=OPSET,
    )
    model.graph.name = "model"  # a random name otherwise
    operators = sorted(model.opset_import, key=lambda used: used.domain)  # a set's order otherwise
    del model.opset_import[:]
    model.opset_import.extend(operators)
    content: bytes = model.SerializeToString(deterministic=True)
    return content
