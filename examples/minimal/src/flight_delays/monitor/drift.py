"""Drift of inputs and predictions against the baseline that travels with the model.

Effect sizes only, no p-values: with tens of thousands of rows every difference is significant.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Literal

import msgspec
import numpy as np

from ..features import Array, Columns
from .distance import js, ks, psi

if TYPE_CHECKING:
    from ..objectives import Monitoring

BINS = 20  # each holds 5 % of the training rows, so KS is at most .05 too small
CATEGORIES_MAXIMUM = 200  # the rarest values beyond are counted together


class NumberBaseline(msgspec.Struct, frozen=True, tag="number"):
    """Counts of a number: `counts[i]` values lie in (edges[i-1], edges[i]], the last above."""

    edges: list[float]
    counts: list[int]
    missing: int


class CategoryBaseline(msgspec.Struct, frozen=True, tag="category"):
    """Counts of a category: `counts[i]` rows hold categories[i], the last any other value."""

    categories: list[str]
    counts: list[int]
    missing: int


FeatureBaseline = NumberBaseline | CategoryBaseline


class Baseline(msgspec.Struct, frozen=True):
    """What the training data and the model's answers on held-out rows looked like."""

    features: dict[str, FeatureBaseline]
    prediction: NumberBaseline


class FeatureDrift(msgspec.Struct, frozen=True):
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
    """Drift of every input and of the prediction; nothing is flagged with too few rows."""

    rows: int
    enough_rows: bool
    features: list[FeatureDrift]
    prediction: FeatureDrift

    @property
    def flagged(self) -> list[str]:
        """Return the names of the columns that moved beyond a limit."""
        return [f.name for f in (*self.features, self.prediction) if f.flagged]


def build_baseline(columns: Columns, probabilities: Array) -> Baseline:
    """Summarise inputs by name, each (n,), and probabilities (m,); leave the key out."""
    prediction = _number_baseline(_numbers(probabilities))
    return Baseline({name: _baseline(column) for name, column in columns.items()}, prediction)


def compare(
    baseline: Baseline, columns: Columns, probabilities: Array, limits: Monitoring
) -> DriftReport:
    """Measure how far `columns` (n,) and `probabilities` (n,) are from the baseline.

    A column is flagged when PSI, KS or JS exceeds its limit and n reaches `minimum_rows`.
    """
    features = [
        _drift(name, reference, columns[name], limits)
        for name, reference in baseline.features.items()
    ]
    prediction = _drift("prediction", baseline.prediction, probabilities, limits)
    rows = len(probabilities)
    return DriftReport(rows, rows >= limits.minimum_rows, features, prediction)


def _drift(name: str, baseline: FeatureBaseline, column: Array, limits: Monitoring) -> FeatureDrift:
    counts, missing = _count(baseline, column)
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
    return FeatureDrift(
        name=name,
        kind="number" if number else "category",
        psi=index,
        ks=moved,
        js=distance,
        missing_share=float(current[-1]),
        unseen_share=None if number else float(current[-2]),
        flagged=exceeded and len(column) >= limits.minimum_rows,
        bins=_labels(baseline),
        reference=reference.round(6).tolist(),
        current=current.round(6).tolist(),
    )


def _baseline(column: Array) -> FeatureBaseline:
    if column.dtype.kind not in "OUT":
        return _number_baseline(_numbers(column))
    tally = Counter(column.tolist())
    missing = tally.pop(None, 0)
    # Ties are broken by name: the same rows give the same baseline in any order.
    ranked = sorted(tally.items(), key=lambda item: (-item[1], item[0]))
    kept, rest = ranked[:CATEGORIES_MAXIMUM], ranked[CATEGORIES_MAXIMUM:]
    counts = [count for _, count in kept] + [sum(count for _, count in rest)]
    return CategoryBaseline([name for name, _ in kept], counts, missing)


def _number_baseline(column: Array) -> NumberBaseline:
    ordered = np.sort(column[~np.isnan(column)])
    ranks = np.arange(1, BINS) * len(ordered) // BINS
    edges = np.unique(ordered[ranks]) if len(ordered) else ordered
    counts, missing = _count_numbers(edges, column)
    # str() gives the shortest text that reads back as the same float32.
    return NumberBaseline([float(str(edge)) for edge in edges], counts.tolist(), missing)


def _count(baseline: FeatureBaseline, column: Array) -> tuple[Array, int]:
    if isinstance(baseline, NumberBaseline):
        return _count_numbers(np.array(baseline.edges, np.float32), _numbers(column))
    tally = Counter(column.tolist())
    missing = tally.pop(None, 0)
    counts = [tally.pop(name, 0) for name in baseline.categories]
    return np.array([*counts, sum(tally.values())]), missing


def _count_numbers(edges: Array, column: Array) -> tuple[Array, int]:
    missing = int(np.count_nonzero(np.isnan(column)))
    # A pass for each edge is ten times faster than one searchsorted; NaN is below no edge.
    below = [np.count_nonzero(column <= edge) for edge in edges]
    return np.diff(below, prepend=0, append=len(column) - missing), missing


def _numbers(column: Array) -> Array:
    """Return float32 values; a time becomes its hour of the day, for no date ever comes again."""
    if column.dtype.kind == "M":
        hours: Array = (column - column.astype("datetime64[D]")) / np.timedelta64(1, "h")
        return hours.astype(np.float32)
    return column.astype(np.float32, copy=False)


def _shares(counts: Array, missing: int) -> Array:
    shares: Array = np.append(counts, missing) / max(int(counts.sum()) + missing, 1)
    return shares


def _labels(baseline: FeatureBaseline) -> list[str]:
    if isinstance(baseline, CategoryBaseline):
        return [*baseline.categories, "other", "missing"]
    edges = [f"{edge:.4g}" for edge in baseline.edges]
    return [*(f"<= {edge}" for edge in edges), f"> {edges[-1]}" if edges else "any", "missing"]
