"""Columns that give the outcome away: known only afterwards, most likely."""

from dataclasses import replace

import numpy as np
import polars as pl

from ..tasks.ranking import area
from .table import Column

ROWS = 50_000
BINS = 20
SUSPECT = 0.97  # AUC of one column alone; a real cause rarely comes near
MINIMUM_EVENTS = 20


def without(columns: list[Column], rows: pl.DataFrame, questions: list[pl.Series]) -> list[Column]:
    """Leave out the columns that answer a question about the outcome almost alone.

    A question is answered by 1 or 0 in each of the rows; one of few events is not asked.
    """
    step = max(1, len(rows) // ROWS)
    rows, asked = rows.gather_every(step), [labels.gather_every(step) for labels in questions]
    asked = [labels for labels in asked if min(_counts(labels)) >= MINIMUM_EVENTS]
    return [_judged(column, rows, asked) for column in columns]


def _counts(labels: pl.Series) -> tuple[int, int]:
    events = int(labels.sum())
    return events, len(labels) - events


def _judged(column: Column, rows: pl.DataFrame, questions: list[pl.Series]) -> Column:
    if column.kind is None:
        return column
    area = max((alone(rows[column.original], labels) for labels in questions), default=0)
    if area < SUSPECT:
        return column
    reason = f"predicts the outcome almost alone (AUC {area:.2f}): is it known only afterwards?"
    return replace(column, kind=None, reason=reason)


def alone(column: pl.Series, labels: pl.Series) -> float:
    """Return the AUC that a column reaches alone: means learned on one half judge the other."""
    frame = pl.DataFrame({"value": _bins(column), "label": labels}).with_row_index("row")
    halves = [frame.filter(pl.col("row") % 2 == half) for half in (0, 1)]
    areas = []
    for learned, judged in (halves, halves[::-1]):
        means = learned.group_by("value").agg(pl.col("label").mean().alias("mean"))
        overall = float(np.mean(learned["label"].to_numpy()))
        scored = judged.join(means, on="value", how="left", nulls_equal=True)
        scores = scored["mean"].fill_null(overall).to_numpy()
        outcome = scored["label"].to_numpy()
        if 0 < outcome.sum() < len(outcome):
            _, place = np.unique(scores, return_inverse=True)
            areas.append(area(*(np.bincount(place, outcome == label) for label in (0, 1))))
    return max(areas, default=0.5)


def _bins(column: pl.Series) -> pl.Series:
    """Return a column's categories; numbers are cut where equally many rows lie."""
    if not column.dtype.is_numeric():
        return column.cast(pl.String)
    number = column.cast(pl.Float64)
    quantiles = [number.quantile(share / BINS) for share in range(1, BINS)]
    edges = sorted({edge for edge in quantiles if edge is not None and np.isfinite(edge)})
    bins = pl.Series(np.searchsorted(np.array(edges), number.to_numpy()))
    missing = number.is_null() | number.is_nan().fill_null(True)
    return pl.select(pl.when(~missing).then(bins.cast(pl.String))).to_series()
