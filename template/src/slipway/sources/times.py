"""Times as tables hold them: texts, numbers since 1970, with and without a zone."""

from dataclasses import dataclass
from typing import Any, Literal

import polars as pl


@dataclass(frozen=True, kw_only=True)
class TimeFormat:
    """How a time is written.

    `text` is a format of strftime for times that are texts; `epoch` the unit of numbers since
    1970-01-01 UTC. Times that name a zone are brought to `zone` and lose it there: models know
    local times.
    """

    text: str = ""
    epoch: Literal["", "s", "ms", "us"] = ""
    zone: str = ""


def to_local(time: pl.Expr, dtype: Any, written: TimeFormat) -> pl.Expr:
    """Return a column of times as local Datetime; what is none becomes null."""
    if written.epoch:
        time = pl.from_epoch(
            time.cast(pl.Float64, strict=False).cast(pl.Int64, strict=False),
            time_unit=written.epoch,
        )
        zone = "UTC"
    elif dtype == pl.String or written.text:
        time = time.cast(pl.String)
        aware = "%z" in written.text
        zone = "UTC" if aware else ""
        time = time.str.to_datetime(
            written.text.replace("%z", "%#z") or None,  # takes Z and +01 as well
            time_unit="us",
            time_zone="UTC" if aware else None,
            strict=False,
        )
    else:
        zone = getattr(dtype, "time_zone", None) or ""
        time = time.cast(pl.Datetime("us", zone or None))
    if written.epoch:
        time = time.dt.replace_time_zone("UTC")
    if zone and written.zone:
        time = time.dt.convert_time_zone(written.zone)
    if zone:
        time = time.dt.replace_time_zone(None)
    return time.cast(pl.Datetime("us"))
