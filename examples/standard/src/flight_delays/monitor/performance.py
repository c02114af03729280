"""How good the captured predictions were, as far as their outcomes are known."""

import msgspec
import polars as pl

from .. import evaluate
from ..features import KEY
from ..objectives import Objectives


class Performance(msgspec.Struct, frozen=True):
    """Figures over the `rows` predictions whose label has arrived; None while it says nothing."""

    predictions: int
    rows: int
    labelled_share: float
    event_rate: float | None = None
    auc: float | None = None
    brier: float | None = None
    calibration_error: float | None = None
    value_per_1000: float | None = None
    group_auc: dict[str, float] = {}


def measure(captured: pl.DataFrame, labels: pl.DataFrame, targets: Objectives) -> Performance:
    """Join captured predictions with the labels that have arrived, on the key.

    `captured` also holds `probability` and the gate's group column; `labels` holds `label`.
    """
    known = captured.join(labels, on=KEY)
    share = len(known) / max(len(captured), 1)
    if known["label"].n_unique() < 2:
        return Performance(len(captured), len(known), share)
    metrics = evaluate.metrics(
        known["label"].to_numpy(),
        known["probability"].to_numpy(),
        known[targets.gate.group].to_numpy(),
        targets.kpi,
    )
    return Performance(
        predictions=len(captured),
        rows=len(known),
        labelled_share=share,
        event_rate=metrics.event_rate,
        auc=metrics.auc,
        brier=metrics.brier,
        calibration_error=metrics.calibration_error,
        value_per_1000=metrics.value_per_1000,
        group_auc=metrics.group_auc,
    )
