"""What travels with a model: how it was made, what it expects, and how good it was."""

from typing import Literal

import msgspec

from .data.snapshot import SnapshotId
from .evaluate import Metrics
from .features import Encoder
from .monitor.drift import Baseline

FULL = "full"  # recipe of a model that was not compressed
PROOF = "proof-"  # begins the keys of rows that prove a release and are no client's


class InputSpec(msgspec.Struct, frozen=True, kw_only=True):
    """One input of the model; a time travels as ISO 8601 local text in BYTES."""

    name: str
    datatype: Literal["BYTES", "FP32", "INT64"]
    role: Literal["key", "time", "feature"]
    nullable: bool = False
    unit: str = ""
    description: str = ""
    minimum: float | None = None
    maximum: float | None = None


class ModelFile(msgspec.Struct, frozen=True, kw_only=True):
    """The ONNX file; `recipe` says how it was compressed, FULL if it was not."""

    file: Literal["model.onnx"] = "model.onnx"
    sha256: str
    bytes: int
    recipe: str


class Training(msgspec.Struct, frozen=True):
    """The rows of [start, end), ISO 8601 dates, and the parameters that made the model."""

    start: str
    end: str
    rows: int
    parameters: dict[str, bool | int | float | str]


class Manifest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything that serving, gate, registry and monitors know about a model."""

    format: Literal[1] = 1
    name: str
    model: ModelFile
    inputs: list[InputSpec]
    features: list[str]
    encoder: Encoder
    threshold: float
    schema_hash: str
    snapshot: SnapshotId
    source_commit: str
    as_of: str
    training: Training
    metrics: Metrics
    baseline: Baseline
