"""How the times of a table are written."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

import polars as pl

from ..errors import ProjectError
from ..sources.times import TimeFormat, to_local
from .table import Time

UNREADABLE_MAXIMUM = 0.05
COMPACT = "%Y%m%d"
DAYS = ("%Y-%m-%d", "%Y/%m/%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", COMPACT)
CLOCKS = (
    *("", " %H:%M:%S%.f", " %H:%M", "T%H:%M:%S%.f", "T%H:%M"),
    *(" %I:%M:%S %p", " %I:%M %p"),
)
ZONES = ("", "Z", "%z", " %z")
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
    empty = column.is_null()
    if isinstance(column.dtype, pl.Datetime | pl.Date):
        written, notes = _typed(column)
    elif column.dtype.is_numeric():
        written, notes = _number(column)
    elif column.dtype == pl.String:
        empty = empty | (column == "").fill_null(True)
        written, notes = _text(column.filter(~empty))
    else:
        raise ProjectError(f"{column.name!r} holds {column.dtype}, which is no time.")
    times = pl.select(to_local(pl.lit(column), column.dtype, written)).to_series()
    unreadable = column.filter(times.is_null() & ~empty)
    if times.null_count() == len(times) or len(unreadable) > UNREADABLE_MAXIMUM * len(column):
        shown = f", such as {unreadable[0]!r}" if len(unreadable) else ""
        raise ProjectError(
            f"{times.null_count():,} of {len(column):,} values of {column.name!r} are no times"
            f"{shown}: write them as 2024-01-31 17:05."
        )
    _require_plausible(column, times)
    return Moment(times, written, notes)


def _require_plausible(column: pl.Series, times: pl.Series) -> None:
    """Refuse days that no data has, such as 9999-12-31 for never: training ends at the last."""
    wrong = column.filter(~times.dt.year().is_between(FIRST_YEAR, LAST_YEAR))
    if len(wrong):
        raise ProjectError(
            f"{len(wrong):,} times of {column.name!r} are not between {FIRST_YEAR} and "
            f"{LAST_YEAR}, such as {str(wrong[0])!r}: mend them, or leave them empty."
        )


def described(moment: Moment, name: str, original: str) -> Time:
    """Return what is known about the times."""
    present = moment.times.drop_nulls().sort()
    return Time(name, original, moment.written, present[0], present[-1], moment.times.null_count())


def _typed(column: pl.Series) -> tuple[TimeFormat, list[str]]:
    zone = getattr(column.dtype, "time_zone", None)
    if not zone:
        return TimeFormat(), []
    return TimeFormat(zone=zone), [f"times are local times of {zone}"]


def _number(column: pl.Series) -> tuple[TimeFormat, list[str]]:
    """Find out whether numbers are days such as 20240131, or count from 1970."""
    if column.dtype.is_integer() and _fits(column.drop_nulls().cast(pl.String), COMPACT):
        return TimeFormat(text=COMPACT), []
    middle = column.cast(pl.Float64).median()
    for unit, a_second in EPOCHS.items():
        seconds = (middle if isinstance(middle, float) else 0) / a_second
        if _seconds(FIRST_YEAR) < seconds < _seconds(LAST_YEAR):
            return TimeFormat(epoch=unit), ["numbers since 1970 are taken as times in UTC"]
    raise ProjectError(
        f"The numbers of {column.name!r} are no times: neither seconds, milliseconds nor "
        "microseconds since 1970."
    )


def _seconds(year: int) -> float:
    return (date(year, 1, 1) - date(1970, 1, 1)).days * 86400.0


def _text(column: pl.Series) -> tuple[TimeFormat, list[str]]:
    sample = column.unique(maintain_order=True)
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
    notes = ["times with a zone are brought to UTC"] if text.endswith(("%z", "Z")) else []
    return TimeFormat(text=text), notes


def _fits(sample: pl.Series, text: str) -> bool:
    aware = "%z" in text
    parsed = pl.select(
        pl.lit(sample).str.to_datetime(
            text, time_unit="us", time_zone="UTC" if aware else None, strict=False
        )
    ).to_series()
    read = parsed.is_not_null() & (parsed.dt.year() >= FIRST_YEAR)  # %Y reads 24 as the year 24
    return bool(read.sum() > 0) and int((~read).sum()) <= UNREADABLE_MAXIMUM * len(read)
