"""Months, by which captured predictions are kept and watched."""

import math
import re
from datetime import date, timedelta

from .errors import ProjectError

MONTH = re.compile(r"[12]\d{3}-(0[1-9]|1[0-2])", re.ASCII)


def month_days(month: str) -> tuple[date, date]:
    """Return the first day of a month, and of the next one.

    Raises:
        ProjectError: `month` is no month.
    """
    if not MONTH.fullmatch(month):
        raise ProjectError(f'"{month}" is no month: write it as 2013-04.')
    start = date.fromisoformat(f"{month}-01")
    return start, next_month(start)


def next_month(day: date) -> date:
    """Return the first day of the month after that of `day`."""
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def each_day(start: date, end: date) -> list[date]:
    """Return the days of [start, end)."""
    return [start + timedelta(days=number) for number in range((end - start).days)]


def known_by(end: date, delay: timedelta) -> date:
    """Return the first day at whose beginning every outcome of the days before `end` is known."""
    return end + timedelta(days=math.ceil(delay / timedelta(days=1)))


def counted(days: int) -> str:
    """Return a number of days in words."""
    return "1 day" if days == 1 else f"{days:,} days"
