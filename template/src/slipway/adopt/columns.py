"""What a column is, and whether a model may be told it."""

import math

import numpy as np
import polars as pl

from . import texts
from .table import Column

SHARE_OF_KEYS = 0.5  # distinct values a row, from which a text is an identifier
CATEGORIES_MAXIMUM = 20_000
TEXT_LENGTH_MAXIMUM = 256  # the server takes no longer one
SLACK = 0.5  # of the range that was seen, on either side
PRECISION = 1e-5  # of a limit: coarser than a float32, so that rounding breaks no limit
LEAST_STEP = 1e-6
WHOLE_MAXIMUM = 2**53  # beyond it, not every whole number is a float
GREATEST = float(np.finfo(np.float32).max)
FEW_ROWS = 10
TWO_VALUES = 2


def decide(column: pl.Series, name: str, *, decimal_comma: bool = False) -> Column:
    """Decide what a column is; a reason says why it is left out."""
    if column.dtype.is_nested() or column.dtype in (pl.Binary, pl.Object):
        return _left_out(column, name, 0, f"holds {column.dtype}, neither number nor text")
    seen = present(column)
    missing = 1 - len(seen) / len(column)
    if reason := _useless(column, seen):
        return _left_out(column, name, missing, reason)
    if column.dtype == pl.Boolean and not missing:
        return Column(name, column.name, "yes or no", missing)
    if column.dtype.is_numeric():
        return _number(column, seen, name, missing)
    words = seen.cast(pl.String)
    if reason := texts.why_numbers(words, decimal_comma=decimal_comma):
        return _left_out(column, name, missing, reason)
    return _category(column, words, name, missing)


def present(column: pl.Series) -> pl.Series:
    """Return the values that a source passes on: no empty text, and no number beyond a float32."""
    seen = column.drop_nulls()
    if column.dtype.is_numeric():
        return seen.filter(seen.cast(pl.Float32, strict=False).is_finite().fill_null(False))
    if column.dtype in (pl.String, pl.Categorical, pl.Enum):
        return seen.filter(seen.cast(pl.String) != "")
    return seen


def _left_out(column: pl.Series, name: str, missing: float, reason: str) -> Column:
    return Column(name, column.name, None, missing, reason=reason)


def _useless(column: pl.Series, seen: pl.Series) -> str:
    """Say why no model can learn from a column, whatever it means."""
    if seen.is_empty():
        return "empty in every row"
    if column.dtype.is_temporal() or texts.are_times(seen):
        return "a second time: add what it means as a number of hours, if it is known in time"
    if len(seen) == len(column) and seen.n_unique() == 1:
        return f"always {seen[0]!r}"
    if column.dtype.is_integer() and len(seen) > FEW_ROWS and _grows(seen):
        return "grows with every row: counts them"
    return ""


def _grows(seen: pl.Series) -> bool:
    return bool((seen[1:] > seen[:-1]).all())


def _number(column: pl.Series, seen: pl.Series, name: str, missing: float) -> Column:
    least, most = float(seen.min()), float(seen.max())  # type: ignore[arg-type]
    lower, upper = _with_slack(least, most)
    small = max(-lower, upper) <= WHOLE_MAXIMUM
    if column.dtype.is_integer() and not missing and small:
        return Column(name, column.name, "integer", missing, int(lower), int(upper))
    return Column(name, column.name, "number", missing, lower, upper)


def _with_slack(least: float, most: float) -> tuple[float, float]:
    """Return limits with room around what was seen; what is never negative stays so."""
    size = max(most - least, max(-least, most) * PRECISION, LEAST_STEP)
    step = 10.0 ** math.floor(math.log10(size))
    room = max(SLACK * (most - least), step)
    lower = 0.0 if least >= 0 else _tidy(math.floor((least - room) / step), step)
    upper = _tidy(math.ceil((most + room) / step), step)
    return max(lower, -GREATEST), min(upper, GREATEST)


def _tidy(steps: int, step: float) -> float:
    """Return a limit without the digits that floats add."""
    return float(f"{steps * step:.10g}")


def _category(column: pl.Series, seen: pl.Series, name: str, missing: float) -> Column:
    values = seen.n_unique()
    longest = int(seen.str.len_chars().max() or 0)  # type: ignore[arg-type]
    reason = ""
    if longest > TEXT_LENGTH_MAXIMUM:
        reason = f"texts of up to {longest:,} characters, which are no categories"
    elif values > SHARE_OF_KEYS * len(seen) and len(seen) > TWO_VALUES:
        reason = f"{values:,} different values in {len(seen):,} rows: tells rows apart"
    elif values > CATEGORIES_MAXIMUM:
        reason = f"{values:,} different values, at most {CATEGORIES_MAXIMUM:,} can be learned"
    kind = None if reason else "category"
    return Column(name, column.name, kind, missing, values=values, reason=reason)  # type: ignore[arg-type]
