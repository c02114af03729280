"""Keep bad rows away from training, and stop when the data as a whole is not what was agreed."""

from typing import Any, NamedTuple

import polars as pl

from .. import project
from ..errors import ProjectError

REASONS = "reasons"  # the column of the quarantine
BAD_SHARE_MAXIMUM = 0.05  # more is a broken source, not a few bad rows


class Quarantine(NamedTuple):
    """Rows that keep the schema, rows that do not with their `reasons`, and failures by rule."""

    good: pl.DataFrame
    bad: pl.DataFrame
    counts: dict[str, int]


def split(frame: pl.DataFrame) -> Quarantine:
    """Separate the rows of `frame` that break a rule of the schema.

    Raises:
        ProjectError: A column is missing, unknown, empty or of the wrong type, or more than
            BAD_SHARE_MAXIMUM of the rows are bad.
    """
    schema = project.schema().Features
    _check_columns(frame, schema)
    good, failure = schema.filter(frame)
    counts = failure.counts()
    if len(failure) > BAD_SHARE_MAXIMUM * len(frame):
        worst = max(counts, key=lambda rule: counts[rule])
        raise ProjectError(
            f"{len(failure)} of {len(frame)} rows break the schema, most often {worst!r}: "
            "mend the source, or change the rule in schema.py if it is the rule that is wrong."
        )
    return Quarantine(good, with_reasons(failure, frame.columns), counts)


def with_reasons(failure: Any, columns: list[str]) -> pl.DataFrame:
    """Return the rows that break rules, as dataframely tells of them, with REASONS."""
    broken = [pl.when(pl.col(rule) == "invalid").then(pl.lit(rule)) for rule in failure.counts()]
    reasons = pl.concat_str(broken or [pl.lit("")], separator=", ", ignore_nulls=True)
    rows: pl.DataFrame = failure.details().select(*columns, reasons.alias(REASONS))
    return rows


def servable(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of `frame` that keep the schema: a service answers no others.

    Raises:
        ProjectError: A column is missing, unknown or of the wrong type.
    """
    schema = project.schema().Features
    _check_types(frame, schema)
    good: pl.DataFrame = schema.filter(frame)[0]
    return good


def _check_columns(frame: pl.DataFrame, schema: Any) -> None:
    if frame.is_empty():
        raise ProjectError("The data has no rows: check the period and source.py.")
    _check_types(frame, schema)
    for name in schema.columns():
        if frame[name].null_count() == len(frame):
            raise ProjectError(
                f"Column {name!r} is null in all {len(frame)} rows: mend the source, or remove the "
                "column from schema.py."
            )


def _check_types(frame: pl.DataFrame, schema: Any) -> None:
    columns = schema.columns()
    for name in frame.columns:
        if name not in columns:
            raise ProjectError(
                f"Column {name!r} is not in the schema: describe it in schema.py, or do not "
                "return it from source.py."
            )
    for name, column in columns.items():
        if name not in frame.columns:
            raise ProjectError(
                f"Column {name!r} is missing: return it from read_features in source.py, or "
                "remove it from schema.py."
            )
        if frame.schema[name] != column.dtype:
            raise ProjectError(
                f"Column {name!r} is {frame.schema[name]} but the schema says {column.dtype}: "
                "cast it in read_features of source.py."
            )
