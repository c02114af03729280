"""How good probabilities are: ranking, calibration, and what acting on them is worth."""

import math

import msgspec
import numpy as np

from .errors import ProjectError
from .features import Array
from .objectives import Kpi

CALIBRATION_BINS = 10


class Metrics(msgspec.Struct, frozen=True):
    """Figures of one model on labelled rows; `group_auc` leaves out groups with one outcome."""

    rows: int
    event_rate: float
    auc: float
    brier: float
    calibration_error: float
    value_per_1000: float
    threshold: float
    group_auc: dict[str, float]


def metrics(labels: Array, probabilities: Array, groups: Array, kpi: Kpi) -> Metrics:
    """Compare `probabilities` with `labels` (0 or 1), both (n,); `groups` (n,) are names.

    Raises:
        ProjectError: The labels hold one outcome only, so nothing can be ranked.
    """
    outcomes = np.unique(labels)
    if len(outcomes) < 2:
        raise ProjectError(
            f"The {len(labels)} labelled rows do not hold both outcomes: take a longer period."
        )
    probabilities = probabilities.astype(np.float64)
    threshold = _threshold(probabilities, kpi.capacity)
    return Metrics(
        rows=len(labels),
        event_rate=float(labels.mean()),
        auc=auc(labels, probabilities),
        brier=float(np.mean((probabilities - labels) ** 2)),
        calibration_error=_calibration_error(labels, probabilities),
        value_per_1000=_value(labels, probabilities >= threshold, kpi),
        threshold=threshold,
        group_auc=_group_auc(labels, probabilities, groups),
    )


def auc(labels: Array, probabilities: Array) -> float:
    """Return the area under the ROC curve: the Mann-Whitney U, ties counted half."""
    _, order, counts = np.unique(probabilities, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[order]
    events = int(labels.sum())
    u = ranks[labels == 1].sum() - events * (events + 1) / 2
    return float(u / (events * (len(labels) - events)))


def _threshold(probabilities: Array, capacity: float) -> float:
    """Return the probability from which on the riskiest `capacity` share of rows is acted on."""
    acted = max(1, round(capacity * len(probabilities)))
    return float(np.sort(probabilities)[-acted])


def _calibration_error(labels: Array, probabilities: Array) -> float:
    """Return the expected calibration error over ten bins of equal row counts."""
    order = np.argsort(probabilities, kind="stable")
    gaps = [
        abs(float(labels[rows].mean() - probabilities[rows].mean())) * len(rows)
        for rows in np.array_split(order, CALIBRATION_BINS)
        if len(rows)
    ]
    return math.fsum(gaps) / len(labels)  # exact: sum() differs between Python 3.11 and 3.12


def _value(labels: Array, acted: Array, kpi: Kpi) -> float:
    """Return the KPI's net value for each 1000 rows."""
    caught = int(labels[acted].sum())
    value = kpi.saved_per_caught_event * caught - kpi.cost_per_action * int(acted.sum())
    return 1000 * value / len(labels)


def _group_auc(labels: Array, probabilities: Array, groups: Array) -> dict[str, float]:
    result = {}
    for name in sorted(set(groups.tolist())):
        rows = groups == name
        if len(np.unique(labels[rows])) == 2:
            result[str(name)] = auc(labels[rows], probabilities[rows])
    return result
