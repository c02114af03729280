"""The outcome of a row as a label, however the table holds it."""

import polars as pl

NULLS = ["", "NA", "N/A", "NaN", "nan", "null", "NULL", "None", "nil"]  # no values, but for texts
WHOLE = r"^(-?\d+)\.0+$"  # number, written as a fraction
Value = str | bool | int
Event = Value | tuple[Value, ...]
NUMBERS = dict.fromkeys(("true", "t", "yes", "y"), "1") | dict.fromkeys(
    ("false", "f", "no", "n"), "0"
)


def known(outcome: pl.Expr) -> pl.Expr:
    """Tell where an outcome is known: neither null nor NaN nor a text that says so."""
    text = outcome.cast(pl.String).str.strip_chars()
    return text.is_not_null() & ~text.is_in(NULLS)


def to_label(outcome: pl.Expr, event: Event) -> pl.Expr:
    """Return an outcome as 1 or 0, null where it is not known, however the table holds it."""
    values = event if isinstance(event, tuple) else (event,)
    happened = pl.any_horizontal(_is(outcome, value).fill_null(value=False) for value in values)
    return pl.when(known(outcome)).then(happened.cast(pl.Int8))


def to_number(outcome: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    """Return an outcome as a number, null where it is not known or infinite."""
    number = outcome.cast(pl.Float64, strict=False)
    fitting = number.cast(dtype, strict=False)
    return pl.when(number.is_finite() & fitting.cast(pl.Float64).is_finite()).then(fitting)


def to_class(outcome: pl.Expr) -> pl.Expr:
    """Return an outcome as a text, null where it is not known; 1.0 is the same class as 1."""
    text = outcome.cast(pl.String).str.strip_chars()
    return pl.when(known(outcome)).then(text.str.replace(WHOLE, "$1"))


def _is(outcome: pl.Expr, value: Value) -> pl.Expr:
    if isinstance(value, str):
        return outcome.cast(pl.String).str.strip_chars() == value.strip()
    return yes_or_no(outcome) == value


def yes_or_no(value: pl.Expr) -> pl.Expr:
    """Return yes or no as 1 or 0, and numbers as they are."""
    text = value.cast(pl.String).str.strip_chars().str.to_lowercase()
    return text.replace(NUMBERS).cast(pl.Float64, strict=False)
