"""How a time travels: ISO 8601 local text, without a zone or offset; and which times are full ones.

A resolution is written as polars writes it: "1m", "15m", "1d", "1mo".
"""

import re

import numpy as np
import numpy.typing as npt

Times = npt.NDArray[np.datetime64]

EXAMPLE = "2024-01-31T23:59"
DAY_EXAMPLE = "2024-01-31"
MICROSECONDS = {
    "us": 1,
    "ms": 1000,
    "s": 1_000_000,
    "m": 60_000_000,
    "h": 3_600_000_000,
    "d": 86_400_000_000,
    "w": 7 * 86_400_000_000,
}
MONTHS = {"mo": 1, "q": 3, "y": 12}
MONDAY = 4 * MICROSECONDS["d"]  # weeks begin on one; 1970 began three days after, on a Thursday
RESOLUTION = re.compile(r"([1-9][0-9]{0,5})(us|ms|s|mo|m|h|d|w|q|y)")

_LEAP = "(?:[12][0-9](?:0[48]|[2468][048]|[13579][26])|(?:12|16|20|24|28)00)"
_DAY = (
    "(?:[12][0-9]{3}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])"
    "|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))"
    f"|{_LEAP}-02-29)"
)


def pattern(resolution: str) -> str:
    """Return what matches the texts of full times; whole days need no clock.

    It says all that a pattern can say: that the twelfth of seven minutes is none, floor() says.
    """
    clock = f"T{_clock(resolution)}"
    return f"^{_DAY}(?:{clock})?$" if is_days(resolution) else f"^{_DAY}{clock}$"


def _clock(resolution: str) -> str:
    hour, minute, second, fraction = "(?:[01][0-9]|2[0-3])", "[0-5][0-9]", "[0-5][0-9]", "[0-9]"
    parts = RESOLUTION.fullmatch(resolution)
    number, unit = (int(parts[1]), parts[2]) if parts else (1, "us")
    if unit not in ("us", "ms"):
        fraction = "0"
        second = _multiples(60, number, second) if unit == "s" else "00"
    if unit not in ("us", "ms", "s"):
        minute = _multiples(60, number, minute) if unit == "m" else "00"
    if unit not in ("us", "ms", "s", "m"):
        hour = _multiples(24, number, hour) if unit == "h" else "00"
    return f"{hour}:{minute}(?::{second}(?:[.]{fraction}{{1,6}})?)?"


def _multiples(limit: int, step: int, otherwise: str) -> str:
    """Return a pattern of the multiples below `limit`, if they are the same in each round."""
    if limit % step or step == 1:
        return otherwise
    return f"(?:{'|'.join(f'{number:02}' for number in range(0, limit, step))})"


def example(resolution: str) -> str:
    """Return a text that everybody understands as a time of this kind."""
    return DAY_EXAMPLE if is_days(resolution) else EXAMPLE


def is_known(resolution: str) -> bool:
    """Return whether it is one number and one unit that is understood here."""
    return RESOLUTION.fullmatch(resolution) is not None


def is_days(resolution: str) -> bool:
    """Return whether every time of this resolution is a midnight."""
    return resolution.endswith(("d", "w", "mo", "q", "y"))


def floor(times: Times, resolution: str) -> Times:
    """Return the last full time not after each of datetime64[us] (n,)."""
    parts = RESOLUTION.fullmatch(resolution)
    if parts is None:
        return times
    number, unit = int(parts[1]), parts[2]
    if unit in MONTHS:
        months = _floor(times.astype("datetime64[M]").astype(np.int64), number * MONTHS[unit], 0)
        return months.astype("datetime64[M]").astype("datetime64[us]")
    anchor = MONDAY if unit == "w" else 0
    ticks = _floor(times.astype(np.int64), number * MICROSECONDS[unit], anchor)
    return ticks.astype("datetime64[us]")


def _floor(ticks: npt.NDArray[np.int64], step: int, anchor: int) -> npt.NDArray[np.int64]:
    return ticks - (ticks - anchor) % step
