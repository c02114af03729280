"""The outcome of a row as a label, however the table holds it."""

import polars as pl

NULLS = ["", "NA", "N/A", "NaN", "nan", "null", "NULL", "None", "nil"]  # no values, but for texts
INFINITE = [sign + word for sign in ("", "+", "-") for word in ("inf", "Inf", "Infinity")]
WHOLE = r"^(-?\d+)\.0+$"  # number, written as a fraction
Value = str | bool | int
Event = Value | tuple[Value, ...]
NUMBERS = dict.fromkeys(("true", "t", "yes", "y"), "1") | dict.fromkeys(
    ("false", "f", "no", "n"), "0"
)


def known(outcome: pl.Expr) -> pl.Expr:
    """Tell where an outcome is known and finite: not null or NaN, nor a text that says so."""
    text = _text(outcome)
    return text.is_not_null() & ~text.is_in(NULLS) & ~text.is_in(INFINITE)


def infinite(outcome: pl.Expr) -> pl.Expr:
    """Tell where an outcome is an infinite number, however the table holds it."""
    return _text(outcome).is_in(INFINITE).fill_null(value=False)


def to_label(outcome: pl.Expr, event: Event, others: Event | None = None) -> pl.Expr:
    """Return an outcome as 1 or 0, null where it is not known or cannot be read.

    `others` are the values that mean 0; see `unread_event`.
    """
    readable = known(outcome) & ~_unread_event(outcome, event, others)
    return pl.when(readable).then(_is_any(outcome, event).cast(pl.Int8))


def unread_event(outcome: pl.Expr, event: Event, others: Event | None = None) -> pl.Expr:
    """Return what an outcome says that is neither the event nor one of the others, else null.

    Without others it is what is no number, and neither yes nor no; a word, where the event is one,
    has no such limit. An infinite number is never read.
    """
    return _said(outcome, known(outcome) & _unread_event(outcome, event, others))


def to_number(outcome: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    """Return an outcome as a number, null where it is not known or infinite; spaces are ignored."""
    number = _number(outcome)
    fitting = number.cast(dtype, strict=False)
    return pl.when(number.is_finite() & fitting.cast(pl.Float64).is_finite()).then(fitting)


def unread_number(outcome: pl.Expr, dtype: pl.DataType) -> pl.Expr:
    """Return what an outcome says that is no number, or none that `dtype` can hold, else null."""
    return _said(outcome, known(outcome) & to_number(outcome, dtype).is_null())


def to_class(outcome: pl.Expr) -> pl.Expr:
    """Return an outcome as a text, null if it is not known or infinite; 1.0 is the class 1."""
    return pl.when(known(outcome)).then(_text(outcome).str.replace(WHOLE, "$1"))


def unread_class(outcome: pl.Expr) -> pl.Expr:
    """Return what an outcome says that is an infinite number, else null: any text is a class."""
    return _said(outcome)


def values_of(event: Event) -> tuple[Value, ...]:
    """Return one value or several as several."""
    return event if isinstance(event, tuple) else (event,)


def _said(outcome: pl.Expr, unread: pl.Expr | None = None) -> pl.Expr:
    """Return as text what is infinite or `unread`: no outcome is lost without being counted."""
    told = infinite(outcome) if unread is None else infinite(outcome) | unread
    return pl.when(told).then(_text(outcome))


def _text(outcome: pl.Expr) -> pl.Expr:
    return outcome.cast(pl.String).str.strip_chars()


def _number(outcome: pl.Expr) -> pl.Expr:
    tried = (outcome, _text(outcome))
    return pl.coalesce(each.cast(pl.Float64, strict=False) for each in tried)


def _unread_event(outcome: pl.Expr, event: Event, others: Event | None) -> pl.Expr:
    if others is not None:
        return ~(_is_any(outcome, event) | _is_any(outcome, others))
    if any(isinstance(value, str) for value in values_of(event)):
        return pl.lit(value=False)
    return yes_or_no(outcome).is_null()


def _is_any(outcome: pl.Expr, event: Event) -> pl.Expr:
    each = (_is(outcome, value).fill_null(value=False) for value in values_of(event))
    return pl.any_horizontal(each)


def _is(outcome: pl.Expr, value: Value) -> pl.Expr:
    if isinstance(value, str):
        return _text(outcome) == value.strip()
    return yes_or_no(outcome) == value


def yes_or_no(value: pl.Expr) -> pl.Expr:
    """Return yes or no as 1 or 0, and numbers as they are."""
    text = value.cast(pl.String).str.strip_chars().str.to_lowercase()
    return text.replace(NUMBERS).cast(pl.Float64, strict=False)
