"""Count columns: once when a model is trained, and again for what it was asked later.

A column is an array (n,), or a series (n,) of texts: counts of both add up.
"""

from collections.abc import Mapping

import numpy as np
import polars as pl

from ..contract.baseline import Baseline, CategoryBaseline, ColumnBaseline, NumberBaseline
from ..features import Array, Columns

BINS = 20  # each holds 5 % of the training rows, so KS is at most .05 too small
CATEGORIES_MAXIMUM = 200  # the rarest values beyond are counted together
Column = Array | pl.Series


def build_baseline(columns: Columns, predictions: Columns) -> Baseline:
    """Summarise inputs by name, each (n,), and predictions by name, each (m,); no key."""
    return Baseline(
        features={name: _baseline(column) for name, column in columns.items()},
        predictions={name: _baseline(column) for name, column in predictions.items()},
    )


def count(
    baselines: Mapping[str, ColumnBaseline], columns: Mapping[str, Column]
) -> dict[str, Array]:
    """Return how many values of each column are in each bin of its baseline, the missing last."""
    return {name: _count(baseline, columns[name]) for name, baseline in baselines.items()}


def reference(baseline: ColumnBaseline) -> Array:
    """Return the counts of a baseline, the missing last."""
    return np.append(baseline.counts, baseline.missing)


def _count(baseline: ColumnBaseline, column: Column) -> Array:
    if isinstance(baseline, NumberBaseline):
        return _count_numbers(np.array(baseline.edges, np.float32), _numbers(np.asarray(column)))
    rows = _rows_by_value(column)
    missing = rows.pop(None, 0)
    counts = [rows.pop(name, 0) for name in baseline.categories]
    return np.array([*counts, sum(rows.values()), missing])


def bin_names(baseline: ColumnBaseline) -> list[str]:
    """Return the name of each bin, and of the missing values as the last."""
    if isinstance(baseline, CategoryBaseline):
        return [*baseline.categories, "other", "missing"]
    edges = [f"{edge:.4g}" for edge in baseline.edges]
    return [*(f"<= {edge}" for edge in edges), f"> {edges[-1]}" if edges else "any", "missing"]


def _baseline(column: Array) -> ColumnBaseline:
    if column.dtype.kind not in "OUT":
        return _number_baseline(_numbers(column))
    rows_by_value = _rows_by_value(column)
    missing = rows_by_value.pop(None, 0)
    # Ties are broken by name: the same rows give the same baseline in any order.
    ranked = sorted(rows_by_value.items(), key=lambda item: (-item[1], str(item[0])))
    kept, rest = ranked[:CATEGORIES_MAXIMUM], ranked[CATEGORIES_MAXIMUM:]
    counts = [rows for _, rows in kept] + [sum(rows for _, rows in rest)]
    return CategoryBaseline([str(name) for name, _ in kept], counts, missing)


def _rows_by_value(column: Column) -> dict[str | None, int]:
    return dict(pl.Series("value", column, dtype=pl.String).value_counts().iter_rows())


def _number_baseline(column: Array) -> NumberBaseline:
    ordered = np.sort(column[~np.isnan(column)])
    ranks = np.arange(1, BINS) * len(ordered) // BINS
    edges = np.unique(ordered[ranks]) if len(ordered) else ordered
    *counts, missing = _count_numbers(edges, column).tolist()
    # str() gives the shortest text that reads back as the same float32.
    return NumberBaseline([float(str(edge)) for edge in edges], counts, missing)


def _count_numbers(edges: Array, column: Array) -> Array:
    missing = int(np.count_nonzero(np.isnan(column)))
    # A pass for each edge is ten times faster than one searchsorted; NaN is below no edge.
    below = [np.count_nonzero(column <= edge) for edge in edges]
    counts = np.diff(below, prepend=0, append=len(column) - missing)
    return np.append(counts, missing)


def _numbers(column: Array) -> Array:
    """Return float32 values; a time becomes its hour of the day, for no date ever comes again."""
    if column.dtype.kind == "M":
        hours: Array = (column - column.astype("datetime64[D]")) / np.timedelta64(1, "h")
        return hours.astype(np.float32)
    return column.astype(np.float32, copy=False)
