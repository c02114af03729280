"""What the gate said about a model."""

import msgspec

from .metrics import Metrics


class Check(msgspec.Struct, frozen=True):
    """One requirement: the value found, its limit, and both in words."""

    name: str
    value: float
    limit: float
    passed: bool
    words: str


class Judged(msgspec.Struct, frozen=True):
    """A model on the gate's rows; it was trained on `trained_days` of the days they are of."""

    model_digest: str
    manifest_digest: str
    metrics: Metrics
    trained_days: int = 0


class GateReport(msgspec.Struct, frozen=True):
    """The gate's verdict; `champion` is None when nothing is served yet."""

    passed: bool
    sentence: str
    checks: list[Check]
    challenger: Judged
    champion: Judged | None
    rows: int
    snapshot: str
