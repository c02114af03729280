"""What travels with a model: how it was made, what it expects, and how good it was."""

from collections.abc import Iterable
from datetime import date
from typing import Any, Literal

import msgspec

from .baseline import Baseline
from .digest import Digest
from .importance import Importance
from .inputs import InputSpec
from .metrics import Metrics
from .snapshot import SnapshotId

FULL = "full"  # recipe of a model that was not compressed


class ModelFile(msgspec.Struct, frozen=True, kw_only=True):
    """The ONNX file; `recipe` says how it was compressed, FULL if it was not."""

    file: Literal["model.onnx"] = "model.onnx"
    sha256: Digest
    bytes: int
    recipe: str


class Training(msgspec.Struct, frozen=True, omit_defaults=True):
    """The rows of [start, end), ISO 8601 dates, and the parameters that made the model.

    `curve` is what a family that learns in rounds has left: figures by name, a number a round.
    """

    start: str
    end: str
    rows: int
    parameters: dict[str, bool | int | float | str]
    curve: dict[str, list[float]] = msgspec.field(default_factory=dict)

    def days_among(self, days: Iterable[date]) -> int:
        """Count those of `days` whose rows made the model: it is better on them than on others."""
        return sum(self.start <= str(day) < self.end for day in days)


class Manifest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything that serving, gate, registry and monitors know about a model.

    `task` is what objectives.yaml said of it, `encoder` what the project's features have learned,
    `decision` the numbers by which the task turns raw outputs into predictions and answers,
    `importance` how much it relies on each input, the largest first (models of 1.0 do not say).
    """

    format: Literal[1] = 1
    name: str
    task: str | dict[str, Any]
    model: ModelFile
    inputs: list[InputSpec]
    features: list[str]
    encoder: dict[str, Any]
    decision: dict[str, Any]
    schema_hash: str
    snapshot: SnapshotId
    source_commit: str
    as_of: str
    training: Training
    metrics: Metrics
    baseline: Baseline
    importance: list[Importance] = msgspec.field(default_factory=list)
