"""How good the captured predictions were, as far as their outcomes are known."""

import msgspec
import polars as pl

from ..evaluate import measure
from ..features import Array
from ..objectives import Objectives
from ..schema import LABEL
from ..training_data.columns import to_columns
from ..training_data.labels import join
from .captures import PREDICTION


class Performance(msgspec.Struct, frozen=True):
    """Figures over the `rows` predictions whose label has arrived; none while they say nothing.

    `values` has the task's metrics by name, `groups` the quality of each group.
    """

    predictions: int
    rows: int
    labelled_share: float
    values: dict[str, float] = {}
    groups: dict[str, float] = {}


def judge(
    captured: pl.DataFrame, labels: pl.DataFrame, key: str, targets: Objectives
) -> Performance:
    """Join captured predictions with the labels that have arrived, on the column `key`.

    Raises:
        ProjectError: The labels do not pass the checks of training.
    """
    known = join(captured, labels, key)
    share = len(known) / max(len(captured), 1)
    if targets.task.unjudged(targets.task.outcomes(known[LABEL].to_numpy())):
        return Performance(len(captured), len(known), share)
    metrics = measure(to_columns(known), predictions(known), targets)
    return Performance(len(captured), len(known), share, metrics.values, metrics.groups)


def predictions(captured: pl.DataFrame) -> Array:
    """Return what the model predicted for the rows of a frame, (n,) or (n, k)."""
    values: Array = captured[PREDICTION].to_numpy()
    return values
