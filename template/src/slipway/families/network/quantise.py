"""Networks of 8-bit numbers, by ONNX Runtime's own quantiser."""

import logging
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from ...features import Matrix

CALIBRATION_ROWS = 2048


class Calibration:
    """Hands ONNX Runtime some training rows, from the oldest to the newest, all at once."""

    def __init__(self, features: Matrix) -> None:
        count = min(len(features), CALIBRATION_ROWS)
        chosen = np.linspace(0, len(features) - 1, count).astype(np.int64)
        self.left: list[Matrix] = [features[chosen]]

    def get_next(self) -> dict[str, Matrix] | None:
        """Return the inputs of the next call, and None after the last."""
        return {"features": self.left.pop()} if self.left else None


def dynamic(onnx_bytes: bytes) -> bytes:
    """Return a model whose weights are int8, and whose inputs of layers are at each call."""
    from onnxruntime import quantization

    def quantise(prepared: Path, output: Path) -> None:
        quantization.quantize_dynamic(prepared, output, op_types_to_quantize=["MatMul", "Gemm"])

    return _quantised(onnx_bytes, quantise)


def static(onnx_bytes: bytes, features: Matrix) -> bytes:
    """Return a model of int8 whose ranges were seen on training rows, those of weights a channel.

    A value outside the range has the range's end: a few far values, such as an infinite one, do
    not widen it, for the network's first step limits them.
    """
    from onnxruntime import quantization

    def quantise(prepared: Path, output: Path) -> None:
        quantization.quantize_static(
            prepared,
            output,
            Calibration(features),
            quant_format=quantization.QuantFormat.QDQ,
            op_types_to_quantize=["MatMul", "Gemm"],
            per_channel=True,
        )

    return _quantised(onnx_bytes, quantise)


def _quantised(onnx_bytes: bytes, quantise: Callable[[Path, Path], None]) -> bytes:
    """Let ONNX Runtime prepare a model and quantise it; it reads and writes files."""
    from onnxruntime.quantization.shape_inference import quant_pre_process

    with tempfile.TemporaryDirectory() as name, _quiet():
        full, prepared, output = (Path(name) / f"{part}.onnx" for part in ("a", "b", "c"))
        full.write_bytes(onnx_bytes)
        quant_pre_process(full, prepared, skip_symbolic_shape=True)
        quantise(prepared, output)
        return _same_bytes(output)


def _same_bytes(path: Path) -> bytes:
    import onnx

    model = onnx.load(path)
    content: bytes = model.SerializeToString(deterministic=True)
    return content


@contextmanager
def _quiet() -> Iterator[Any]:
    """Keep warnings back: of a preparation that was made, and of parts that stay as they are."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings(action="ignore"):
            yield
    finally:
        logging.disable(before)
