"""The rounds of `letters`, their outcomes as texts."""

from datetime import date

import letters.source
import polars as pl
from letters.source import LABEL_DELAY, available, read_features

__all__ = ["LABEL_DELAY", "available", "read_features", "read_labels"]

BREAKS, NAMES = (25, 45), ("few", "usual", "many")


def read_labels(start: date, end: date, as_of: date) -> pl.DataFrame:
    """Return the loads of [start, end) that are known when the day `as_of` begins."""
    counts = letters.source.read_labels(start, end, as_of)
    return counts.with_columns(pl.col("label").cut(BREAKS, labels=NAMES).cast(pl.String))
