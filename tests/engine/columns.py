"""Columns of every kind, values that they could hold, and which of those the server accepts."""

from datetime import datetime, timedelta
from typing import Any

import dataframely as dy
import msgspec
import numpy as np
from hypothesis import strategies as st
from starlette.exceptions import HTTPException

from slipway.serve.inputs import Inputs, to_batch

KEY = dy.String(primary_key=True, metadata={"role": "key"})
ROLE = {"role": "time"}
TIME = dy.Datetime(metadata=ROLE)
NOON = datetime(2024, 2, 29, 12)

COLUMNS: dict[str, dy.Column] = {
    "pattern": dy.String(regex="^[A-Z]{2}$"),
    "pattern for a part": dy.String(regex="[0-9]$", nullable=True),
    "pattern of letters": dy.String(regex=r"(?i)^\w+\s?\d*é*$"),
    "pattern with a class": dy.String(regex=r"^\p{Lu}[[:alpha:]]{0,3}\z"),
    "any text": dy.String(),
    "shortest": dy.String(min_length=3),
    "shortest and longest": dy.String(min_length=2, max_length=5, nullable=True),
    "set": dy.Enum(["AB", "ab", "é"], nullable=True),
    "number": dy.Float32(nullable=True),
    "number from and to": dy.Float32(min=0.1, max=0.7),
    "number above and below": dy.Float32(min_exclusive=0, max_exclusive=0.3, nullable=True),
    "number of whole limits": dy.Float32(min=-1, max=70),
    "integer": dy.Int64(),
    "integer from and to": dy.Int64(min=1, max=99),
    "integer above and below": dy.Int64(min_exclusive=-3, max_exclusive=3),
    "integer up to the last": dy.Int64(min=0, max=2**63 - 1),
    "integer of a set": dy.Int64(is_in=[1, 5, 7]),
    "yes or no": dy.Bool(),
    "time": dy.Datetime(metadata=ROLE),
    "time from and to": dy.Datetime(min=NOON, max=datetime(2025, 1, 1), metadata=ROLE),
    "time after and before": dy.Datetime(
        min_exclusive=NOON, max_exclusive=datetime(2025, 1, 1), metadata=ROLE
    ),
    **{
        f"time in steps of {step}": dy.Datetime(resolution=step, metadata=ROLE)
        for step in ("30s", "1m", "15m", "7m", "1h", "6h", "1d", "1w", "1mo", "1q", "1y")
    },
}
EDGES = [0, 0.1, 0.3, 0.7, -1, 70]
FLOATS = [
    *EDGES,
    *(
        float(np.nextafter(np.float32(edge), np.float32(side)))
        for edge in EDGES
        for side in (-9, 99)
    ),
]
TEXTS = ["", "AB", "ab", "é", "éé", "AB\n", "A", "ABC", "ABCDEF", "Äb", "a\x1c1", "1", "x\u0301"]
TIMES = st.datetimes(datetime(1000, 1, 1), datetime(2999, 12, 31))
CUTS = st.sampled_from(
    [
        timedelta(microseconds=1),
        *(timedelta(seconds=30), timedelta(minutes=1), timedelta(minutes=15)),
        *(timedelta(hours=1), timedelta(hours=6), timedelta(days=1)),
    ]
)


def cut(time: datetime, step: timedelta) -> datetime:
    """Return a time that is a full one more often than by chance."""
    return time - (time - datetime(1000, 1, 1)) % step


def values(column: dy.Column) -> st.SearchStrategy[Any]:
    """Return values that JSON can carry and a column of this type could hold, null among them."""
    strategies: dict[type[dy.Column], st.SearchStrategy[Any]] = {
        dy.String: st.sampled_from(TEXTS) | st.text("ABab 1é\n", max_size=7) | st.text(max_size=9),
        dy.Enum: st.sampled_from(TEXTS),
        dy.Float32: st.sampled_from(FLOATS) | st.floats(-2, 99, width=32) | finite(),
        dy.Int64: st.integers(-4, 101) | st.integers(-(2**53), 2**53),
        dy.Bool: st.booleans(),
        dy.Datetime: st.builds(cut, TIMES, CUTS)
        | st.builds(timedelta, microseconds=st.integers(-2, 2)).map(lambda by: NOON + by)
        | st.sampled_from([datetime(2024, month, day) for month in (1, 4, 5) for day in (1, 8)]),
    }
    return strategies[type(column)] | st.none()


def finite() -> st.SearchStrategy[float]:
    return st.floats(width=32, allow_nan=False, allow_infinity=False)


def accepted(decoder: msgspec.json.Decoder[Any], inputs: Inputs, row: dict[str, Any]) -> bool:
    """Return whether the server accepts the row."""
    try:
        (asked,) = decoder.decode(msgspec.json.encode({"rows": [row]})).rows
        to_batch(inputs, {name: [getattr(asked, name)] for name in row}, "request")
    except (msgspec.ValidationError, HTTPException):
        return False
    return True
