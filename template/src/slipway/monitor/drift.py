"""Drift of inputs and predictions against the baseline that travels with the model.

Effect sizes only, no p-values: with tens of thousands of rows every difference is significant.
"""

from collections.abc import Mapping
from typing import Literal

import msgspec

from ..contract.baseline import Baseline, ColumnBaseline, NumberBaseline
from ..features import Array
from ..objectives import Monitoring
from .baseline import bin_names, reference
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
    baseline: Baseline,
    features: Mapping[str, Array],
    predictions: Mapping[str, Array],
    limits: Monitoring,
) -> DriftReport:
    """Measure how far columns are from the baseline, by their counts in its bins, see `count`.

    A column is flagged when PSI, KS or JS exceeds its limit and n reaches `minimum_rows`.
    """
    rows = int(next(iter(predictions.values())).sum())
    return DriftReport(
        rows=rows,
        enough_rows=rows >= limits.minimum_rows,
        features=[
            _drift(name, column, features[name], limits)
            for name, column in baseline.features.items()
        ],
        predictions=[
            _drift(name, column, predictions[name], limits)
            for name, column in baseline.predictions.items()
        ],
    )


def _drift(name: str, baseline: ColumnBaseline, counts: Array, limits: Monitoring) -> ColumnDrift:
    before, current = _shares(reference(baseline)), _shares(counts)
    number = isinstance(baseline, NumberBaseline)
    moved = ks(before[:-1], current[:-1]) if number else None
    index, distance = psi(before, current), js(before, current)
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
        flagged=exceeded and int(counts.sum()) >= limits.minimum_rows,
        bins=bin_names(baseline),
        reference=before.round(6).tolist(),
        current=current.round(6).tolist(),
    )


def _shares(counts: Array) -> Array:
    shares: Array = counts / max(int(counts.sum()), 1)
    return shares
