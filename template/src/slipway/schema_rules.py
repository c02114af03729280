"""The rules of the schema's columns as those of inputs, so that the server applies them as well."""

from datetime import datetime, timedelta
from typing import Any

import numpy as np
import polars as pl

from .contract import times
from .contract.inputs import INTEGER_MAXIMUM

NO_RULES: tuple[Any, Any] = (None, None)
MICROSECOND = timedelta(microseconds=1)
SAY_OTHERWISE = (
    "which the server cannot apply: say it by min, max, is_in, regex or resolution of a column, or "
    "leave such rows out in source.py"
)


def unservable(kind: str, column: Any) -> str:
    """Say which rule of the column the server could not apply, or nothing."""
    if column.check is not None:
        return f"{kind} with a check of its own, {SAY_OTHERWISE}"
    if kind == "Datetime":
        return _unservable_time(column)
    if kind == "String" and column.regex is not None:
        return _unservable_pattern(column.regex)
    if kind == "Int64":
        least, most = _limits(kind, column)
        if (least or 0) > INTEGER_MAXIMUM or (most or 0) < -INTEGER_MAXIMUM:
            return "beyond the integers that JSON keeps exact, 2^53: make it a String"
    return ""


def _unservable_time(column: Any) -> str:
    if column.time_zone is not None:
        return (
            "in a time zone: models take local time; convert it in source.py, by "
            ".dt.convert_time_zone(ZONE).dt.replace_time_zone(None), and take Datetime without one"
        )
    if column.resolution is not None and not times.is_known(column.resolution):
        return (
            f"of the resolution {column.resolution!r}: take one number and one unit, such as "
            "'15m', '1h', '1d' or '1mo'"
        )
    return ""


def _unservable_pattern(pattern: str) -> str:
    try:
        pl.Series([""]).str.contains(pattern)
    except pl.exceptions.ComputeError as error:
        return f"a String whose regex cannot be read: {' '.join(str(error).split())}"
    return ""


def value_rules(kind: str, column: Any) -> dict[str, Any]:
    """Return the fields of an InputSpec that say which values the column may hold."""
    least, most = _limits(kind, column) if hasattr(column, "min") else NO_RULES
    match kind:
        case "Float32" | "Int64":
            allowed = tuple(getattr(column, "is_in", None) or ())
            return {"minimum": least, "maximum": most, "allowed": allowed}
        case "Enum":
            return {"allowed": tuple(column.categories)}
        case "String":
            return {
                "pattern": column.regex or "",
                "minimum_length": column.min_length,
                "maximum_length": column.max_length,
            }
        case "Datetime":
            limits = {"earliest": _text(least), "latest": _text(most)}
            return {"resolution": column.resolution or "", **limits}
    return {}


def _limits(kind: str, column: Any) -> tuple[Any, Any]:
    """Return the least and the largest value, None where there is none."""
    least, most = column.min, column.max
    if column.min_exclusive is not None:
        least = _next(kind, column.min_exclusive, 1)
    if column.max_exclusive is not None:
        most = _next(kind, column.max_exclusive, -1)
    return least, most


def _next(kind: str, value: Any, side: int) -> Any:
    """Return the neighbour of `value` among the values that a column of this kind can hold."""
    if kind == "Float32":
        return float(np.nextafter(np.float32(value), np.float32(side * np.inf)))
    return value + side * MICROSECOND if kind == "Datetime" else value + side


def _text(limit: datetime | None) -> str:
    return "" if limit is None else limit.isoformat()
