"""Which rows of a table a model answers: those that its server would accept, a column at a time."""

from typing import Any, NamedTuple

import polars as pl

from ..contract import times
from ..contract.inputs import InputSpec
from ..errors import ProjectError
from ..serve.inputs import TEXT_LENGTH_MAXIMUM, integer_limits, number_limits
from ..sources.outcomes import NULLS

REASONS = "reasons"  # the column of the quarantine
ANSWERS = {"true": True, "1": True, "false": False, "0": False}
FULL_TIME = "0001-01-01T00:00:00"
TEXT_FORMAT = "%Y-%m-%dT%H:%M:%S%.f"
FIRST_YEAR, LAST_YEAR = 1000, 2999  # of the times that contract/times.py knows
UNREADABLE = {
    "BOOL": "yes or no",
    "BYTES": "text",
    "FP32": "numbers",
    "INT64": "numbers",
}
TEXTS = (pl.String, pl.Categorical, pl.Enum)
Rules = dict[str, pl.Expr]


class Checked(NamedTuple):
    """Rows as the model takes them, rows that break a rule with their `reasons`, and how many."""

    good: pl.DataFrame
    bad: pl.DataFrame
    counts: dict[str, int]


class _Column(NamedTuple):
    """A column as the model takes it, and where it breaks which rule."""

    value: pl.Expr
    broken: Rules


def require_columns(types: dict[str, Any], specs: list[InputSpec], where: str) -> list[str]:
    """Return the columns of a table that the model does not take.

    Raises:
        ProjectError: A column is missing, or of a type that cannot be read as the model takes it.
    """
    for spec in specs:
        if spec.name not in types:
            if spec.role == "key":
                continue  # the server makes one as well
            raise ProjectError(
                f"{where} has no column {spec.name!r}, which the model takes: add it, or rename "
                "what holds it; docs/data-dictionary.md says what each column is."
            )
        if wanted := _wanted(spec, types[spec.name]):
            raise ProjectError(
                f"The column {spec.name!r} of {where} is {types[spec.name]}, and the model takes "
                f"{wanted}: write it so."
            )
    return [name for name in types if name not in {spec.name for spec in specs}]


def _wanted(spec: InputSpec, dtype: Any) -> str:
    """Say what a column should hold when nothing of its type can be read; nothing when it can."""
    if dtype == pl.Null or dtype in TEXTS:
        return ""
    if spec.role == "time":
        local = dtype == pl.Date or (dtype == pl.Datetime and dtype.time_zone is None)
        return "" if local else "local times without a zone"
    read = {
        "BOOL": dtype == pl.Boolean or dtype.is_integer(),
        "BYTES": False,
        "FP32": dtype.is_numeric(),
        "INT64": dtype.is_numeric(),
    }
    return "" if read[spec.datatype] else UNREADABLE[spec.datatype]


def check(frame: pl.DataFrame, specs: list[InputSpec]) -> Checked:
    """Separate the rows of a table that the server would answer from those it would refuse.

    `frame` has the columns of `specs` in any order. A key may come twice, as at the server.
    """
    columns = {spec.name: _read(spec, frame.schema[spec.name]) for spec in specs}
    rules = {
        f"{name}|{rule}": broken
        for name, column in columns.items()
        for rule, broken in column.broken.items()
    }
    broken = frame.select(rule.fill_null(value=False).alias(name) for name, rule in rules.items())
    counts = {name: count for name, count in broken.sum().row(0, named=True).items() if count}
    values = frame.select(column.value.alias(name) for name, column in columns.items())
    if not counts:
        return Checked(values, frame.clear().with_columns(pl.lit("").alias(REASONS)), counts)
    is_bad = broken.select(pl.any_horizontal(*counts)).to_series()
    said = (pl.when(pl.col(name)).then(pl.lit(name)) for name in counts)
    reasons = broken.select(pl.concat_str(said, separator=", ", ignore_nulls=True).alias(REASONS))
    bad = frame.with_columns(reasons.to_series()).filter(is_bad)
    return Checked(values.filter(~is_bad), bad, counts)


def _read(spec: InputSpec, dtype: Any) -> _Column:
    if spec.role == "time":
        column = _time(spec, dtype)
    elif spec.datatype == "BYTES":
        column = _text(spec)
    elif spec.datatype == "BOOL":
        column = _answer(spec, dtype)
    else:
        column = _number(spec, dtype)
    if spec.nullable and spec.role != "time":
        return column
    return _Column(column.value, {"nullability": pl.col(spec.name).is_null(), **column.broken})


def _number(spec: InputSpec, dtype: Any) -> _Column:
    """Read numbers: compared as they are written, then rounded as those of a request."""
    given, whole = _given(spec.name, dtype), spec.datatype == "INT64"
    exact = whole and dtype.is_integer()  # beyond 2^53 a float would round it into the limits
    number = given.cast(pl.Int64 if exact else pl.Float64, strict=False)
    rules = {"dtype": given.is_not_null() & number.is_null()}
    if not exact:
        number = number.fill_nan(None)
    if not spec.nullable:
        rules["nullability"] = number.is_null() & ~rules["dtype"]
    least, most = integer_limits(spec) if whole else number_limits(spec)
    rules |= {"min": number < least, "max": number > most}
    if not whole:
        return _Column(number.cast(pl.Float32, strict=False), rules)
    if not exact:
        rules["dtype"] |= number != number.round()
    integer = number.cast(pl.Int64, strict=False)
    if spec.allowed:
        rules["is_in"] = ~integer.is_in(list(spec.allowed))
    return _Column(integer, rules)


def _given(name: str, dtype: Any) -> pl.Expr:
    """Return what is given: of texts, those that say that there is nothing are null."""
    given = pl.col(name)
    if dtype not in TEXTS:
        return given
    text = given.cast(pl.String).str.strip_chars()
    return pl.when(~text.is_in(NULLS)).then(text)


def _answer(spec: InputSpec, dtype: Any) -> _Column:
    if dtype == pl.Boolean:
        return _Column(pl.col(spec.name), {})
    text = _given(spec.name, dtype).cast(pl.String).str.to_lowercase()
    value = text.replace_strict(ANSWERS, default=None, return_dtype=pl.Boolean)
    unread = text.is_not_null() & value.is_null()
    return _Column(value, {"nullability": text.is_null(), "dtype": unread})


def _text(spec: InputSpec) -> _Column:
    text = pl.col(spec.name).cast(pl.String)
    if spec.allowed:
        return _Column(text, {"is_in": ~text.is_in([str(value) for value in spec.allowed])})
    least, most = spec.minimum_length or 0, spec.maximum_length
    if spec.role == "key":
        least = max(least, 1)
    longest = text.str.len_chars() > TEXT_LENGTH_MAXIMUM
    rules = {
        "min_length": text.str.len_bytes() < least,
        "max_length": longest if most is None else text.str.len_bytes() > most,
    }
    if spec.pattern:
        rules["regex"] = ~text.str.contains(spec.pattern)
    return _Column(text, rules)


def _time(spec: InputSpec, dtype: Any) -> _Column:
    rules: Rules = {}
    if dtype in TEXTS:
        text = pl.col(spec.name).cast(pl.String).str.replace(" ", "T", literal=True)
        whole = text + pl.lit(FULL_TIME).str.slice(text.str.len_chars())
        value = whole.str.to_datetime(TEXT_FORMAT, time_unit="us", strict=False)
        unread = text.is_not_null() & value.is_null()
        rules["regex"] = ~text.str.contains(times.pattern(spec.resolution)) | unread
    else:
        value = pl.col(spec.name).cast(pl.Datetime("us"))
        rules["year"] = ~value.dt.year().is_between(FIRST_YEAR, LAST_YEAR)
    if spec.resolution:
        rules["resolution"] = value.dt.truncate(spec.resolution) != value
    if spec.earliest:
        rules["min"] = value < _moment(spec.earliest)
    if spec.latest:
        rules["max"] = value > _moment(spec.latest)
    return _Column(value, rules)


def _moment(text: str) -> pl.Expr:
    return pl.lit(text).str.to_datetime(TEXT_FORMAT, time_unit="us")
