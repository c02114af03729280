"""What a column is, and whether a model may be told it."""

import math

import polars as pl

from .table import Column

SHARE_OF_KEYS = 0.5  # distinct values a row, from which a text is an identifier
CATEGORIES_MAXIMUM = 20_000
TEXT_LENGTH_MAXIMUM = 256  # the server takes no longer one
SLACK = 0.5  # of the range that was seen, on either side
BOOLEAN_VALUES = 2


def decide(column: pl.Series, name: str) -> Column:
    """Decide what a column is; a reason says why it is left out."""
    missing = column.null_count() / len(column)
    seen = column.drop_nulls()
    if column.dtype.is_float():
        seen = seen.filter(seen.is_finite())
        missing = 1 - len(seen) / len(column)
    if reason := _useless(column, seen):
        return Column(name, column.name, None, missing, reason=reason)
    if column.dtype == pl.Boolean and not missing:
        return Column(name, column.name, "yes or no", missing)
    if column.dtype.is_numeric() and column.dtype != pl.Boolean:
        return _number(column, seen, name, missing)
    return _category(column, seen.cast(pl.String), name, missing)


def _useless(column: pl.Series, seen: pl.Series) -> str:
    """Say why no model can learn from a column, whatever it means."""
    if seen.is_empty():
        return "empty in every row"
    if column.dtype.is_nested() or column.dtype in (pl.Binary, pl.Object):
        return f"holds {column.dtype}, which is neither number nor text"
    if column.dtype.is_temporal():
        return "a second time: add what it means as a number of hours, if it is known in time"
    if seen.n_unique() == 1 and not column.null_count():
        return f"always {seen[0]!r}"
    return ""


def _number(column: pl.Series, seen: pl.Series, name: str, missing: float) -> Column:
    whole = column.dtype.is_integer() and not missing
    if column.dtype.is_integer() and len(seen) > 1 and _counts_up(seen):
        return Column(name, column.name, None, missing, reason="counts the rows")
    least, most = float(seen.min()), float(seen.max())  # type: ignore[arg-type]
    lower, upper = _with_slack(least, most)
    kind = "integer" if whole else "number"
    return Column(name, column.name, kind, missing, lower, upper)  # type: ignore[arg-type]


def _counts_up(seen: pl.Series) -> bool:
    steps = seen.diff().drop_nulls()
    return bool((steps == 1).all())


def _with_slack(least: float, most: float) -> tuple[float, float]:
    """Return limits with room around what was seen; what is never negative stays so."""
    room = SLACK * (most - least)
    step = 10 ** math.floor(math.log10(max(most - least, 1e-6)))
    lower = math.floor((least - room) / step) * step
    upper = math.ceil((most + room) / step) * step
    return (0.0 if least >= 0 else _tidy(lower)), _tidy(upper)


def _tidy(limit: float) -> float:
    """Return a limit without the digits that floats add."""
    return float(f"{limit:.6g}")


def _category(column: pl.Series, seen: pl.Series, name: str, missing: float) -> Column:
    values = seen.n_unique()
    longest = int(seen.str.len_chars().max() or 0)  # type: ignore[arg-type]
    reason = ""
    if longest > TEXT_LENGTH_MAXIMUM:
        reason = f"texts of up to {longest:,} characters, which are no categories"
    elif values > SHARE_OF_KEYS * len(seen) and len(seen) > BOOLEAN_VALUES:
        reason = f"{values:,} different values in {len(seen):,} rows: tells rows apart"
    elif values > CATEGORIES_MAXIMUM:
        reason = f"{values:,} different values, at most {CATEGORIES_MAXIMUM:,} can be learned"
    kind = None if reason else "category"
    return Column(name, column.name, kind, missing, values=values, reason=reason)  # type: ignore[arg-type]
