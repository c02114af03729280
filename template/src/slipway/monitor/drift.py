"""Drift of inputs and predictions against the baseline that travels with the model.

Effect sizes only, no p-values: with tens of thousands of rows every difference is significant.
"""

from typing import Literal

import msgspec
import numpy as np

from ..contract.baseline import Baseline, ColumnBaseline, NumberBaseline
from ..features import Array, Columns
from ..objectives import Monitoring
from .baseline import bin_names, count
from .distance import js, ks, psi


class ColumnDrift(msgspec.Struct, frozen=True):
    """How far one column moved; shares are of all rows, the last bin is the missing values."""

    name: str
    kind: Literal["number", "category"]
    psi: float
    ks: float | None
    js: float
    missing_share: float
    unseen_share: float | None
    flagged: bool
    bins: list[str]
    reference: list[float]
    current: list[float]


class DriftReport(msgspec.Struct, frozen=True):
    """Drift of every input and prediction; nothing is flagged with too few rows."""

    rows: int
    enough_rows: bool
    features: list[ColumnDrift]
    predictions: list[ColumnDrift]

    @property
    def columns(self) -> list[ColumnDrift]:
        """Return all columns, predictions first."""
        return [*self.predictions, *self.features]

    @property
    def flagged(self) -> list[str]:
        """Return the names of the columns that moved beyond a limit."""
        return [column.name for column in (*self.features, *self.predictions) if column.flagged]


def compare(
    baseline: Baseline, columns: Columns, predictions: Columns, limits: Monitoring
) -> DriftReport:
    """Measure how far columns and predictions by name, (n,) each, are from the baseline.

    A column is flagged when PSI, KS or JS exceeds its limit and n reaches `minimum_rows`.
    """
    rows = len(next(iter(predictions.values())))
    return DriftReport(
        rows=rows,
        enough_rows=rows >= limits.minimum_rows,
        features=[
            _drift(name, reference, columns[name], limits)
            for name, reference in baseline.features.items()
        ],
        predictions=[
            _drift(name, reference, predictions[name], limits)
            for name, reference in baseline.predictions.items()
        ],
    )


def _drift(name: str, baseline: ColumnBaseline, column: Array, limits: Monitoring) -> ColumnDrift:
    counts, missing = count(baseline, column)
    reference = _shares(np.array(baseline.counts), baseline.missing)
    current = _shares(counts, missing)
    number = isinstance(baseline, NumberBaseline)
    moved = ks(reference[:-1], current[:-1]) if number else None
    index, distance = psi(reference, current), js(reference, current)
    exceeded = (
        index > limits.psi_maximum
        or distance > limits.js_maximum
        or (moved is not None and moved > limits.ks_maximum)
    )
    return ColumnDrift(
        name=name,
        kind="number" if number else "category",
        psi=index,
        ks=moved,
        js=distance,
        missing_share=float(current[-1]),
        unseen_share=None if number else float(current[-2]),
        flagged=exceeded and len(column) >= limits.minimum_rows,
        bins=bin_names(baseline),
        reference=reference.round(6).tolist(),
        current=current.round(6).tolist(),
    )


def _shares(counts: Array, missing: int) -> Array:
    shares: Array = np.append(counts, missing) / max(int(counts.sum()) + missing, 1)
    return shares
