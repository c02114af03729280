"""How the times of a table are written."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

import polars as pl

from ..errors import ProjectError
from ..sources.times import TimeFormat, to_local
from .table import Time

UNREADABLE_MAXIMUM = 0.05
DAYS = ("%Y-%m-%d", "%Y/%m/%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%Y%m%d")
CLOCKS = ("", " %H:%M:%S%.f", " %H:%M", "T%H:%M:%S%.f", "T%H:%M")
ZONES = ("", "%z", " %z")
FORMATS = [
    f"{day}{clock}{zone}" for day in DAYS for clock in CLOCKS for zone in ZONES if clock or not zone
]
EPOCHS: dict[Literal["s", "ms", "us"], float] = {"s": 1, "ms": 1e3, "us": 1e6}
SAMPLE = 2000
FIRST_YEAR, LAST_YEAR = 1980, 2100


@dataclass(frozen=True)
class Moment:
    """The times as local Datetime, null where there is none, and how they are written."""

    times: pl.Series
    written: TimeFormat
    notes: list[str]


def decide(column: pl.Series) -> Moment:
    """Find out how the times of a column are written, and read them.

    Raises:
        ProjectError: Too many are no times, or day and month could be either.
    """
    if column.dtype.is_temporal():
        written, notes = _typed(column)
    elif column.dtype.is_numeric():
        written, notes = _epoch(column), ["numbers since 1970 are taken as times in UTC"]
    else:
        written, notes = _text(column)
    times = pl.select(to_local(pl.lit(column), column.dtype, written)).to_series()
    unreadable = times.null_count() - column.null_count()
    if times.null_count() == len(times) or unreadable > UNREADABLE_MAXIMUM * len(column):
        example = column.filter(times.is_null() & column.is_not_null())
        shown = f", such as {example[0]!r}" if len(example) else ""
        raise ProjectError(
            f"{times.null_count():,} of {len(column):,} values of {column.name!r} are no times"
            f"{shown}: write them as 2024-01-31 17:05."
        )
    return Moment(times, written, notes)


def described(moment: Moment, name: str, original: str) -> Time:
    """Return what is known about the times."""
    present = moment.times.drop_nulls().sort()
    return Time(name, original, moment.written, present[0], present[-1], moment.times.null_count())


def _typed(column: pl.Series) -> tuple[TimeFormat, list[str]]:
    zone = getattr(column.dtype, "time_zone", None)
    if not zone:
        return TimeFormat(), []
    return TimeFormat(zone=zone), [f"times are local times of {zone}"]


def _epoch(column: pl.Series) -> TimeFormat:
    middle = column.cast(pl.Float64).median()
    for unit, a_second in EPOCHS.items():
        seconds = (middle if isinstance(middle, float) else 0) / a_second
        if _seconds(FIRST_YEAR) < seconds < _seconds(LAST_YEAR):
            return TimeFormat(epoch=unit)
    raise ProjectError(
        f"The numbers of {column.name!r} are no times: neither seconds nor milliseconds since 1970."
    )


def _seconds(year: int) -> float:
    return (date(year, 1, 1) - date(1970, 1, 1)).days * 86400.0


def _text(column: pl.Series) -> tuple[TimeFormat, list[str]]:
    sample = column.drop_nulls().unique(maintain_order=True)
    sample = sample.gather_every(max(1, len(sample) // SAMPLE))
    fitting = [text for text in FORMATS if _fits(sample, text)]
    if not fitting:
        example = repr(sample[0]) if len(sample) else "nothing"
        raise ProjectError(
            f"The values of {column.name!r} are no times that can be read, such as {example}: "
            "write them as 2024-01-31 17:05."
        )
    if any("%d/%m" in text for text in fitting) and any("%m/%d" in text for text in fitting):
        raise ProjectError(
            f"In {column.name!r} day and month could be either, such as {sample[0]!r}: write times "
            "as 2024-01-31 17:05."
        )
    text = fitting[0]
    notes = ["times with a zone are brought to UTC"] if "%z" in text else []
    return TimeFormat(text=text), notes


def _fits(sample: pl.Series, text: str) -> bool:
    aware = "%z" in text
    parsed = pl.select(
        pl.lit(sample).str.to_datetime(
            text, time_unit="us", time_zone="UTC" if aware else None, strict=False
        )
    ).to_series()
    return len(parsed) > 0 and parsed.null_count() <= UNREADABLE_MAXIMUM * len(parsed)
