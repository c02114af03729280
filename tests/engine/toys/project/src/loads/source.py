"""The rounds of `letters`, their outcomes as texts; in April few and many change places."""

from datetime import date

import letters.source
import polars as pl
from letters.source import (
    FIRST,
    LABEL_DELAY,
    MORE_LETTERS,
    ROUNDS_A_DAY,
    available,
    read_features,
)

__all__ = ["LABEL_DELAY", "available", "read_features", "read_labels"]

FEW, MANY = 25, 45  # letters: up to, and more than


def read_labels(start: date, end: date, as_of: date) -> pl.DataFrame:
    """Return the loads of [start, end) that are known when the day `as_of` begins."""
    counts = letters.source.read_labels(start, end, as_of)
    changed = pl.col("round_id") >= f"R{(MORE_LETTERS - FIRST).days * ROUNDS_A_DAY:05}"
    amount = pl.when(changed).then(FEW + MANY - pl.col("label") / 2).otherwise("label")
    load = pl.when(amount <= FEW).then(pl.lit("few")).when(amount > MANY).then(pl.lit("many"))
    return counts.with_columns(load.otherwise(pl.lit("usual")).alias("label"))
