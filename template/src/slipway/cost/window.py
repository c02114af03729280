"""Of which time the cost is wanted."""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from ..errors import ProjectError
from ..months import month_days

MINUTE = "%Y-%m-%d %H:%M"


class Window(NamedTuple):
    """From `start` on and before `end`, both in UTC."""

    start: datetime
    end: datetime

    @property
    def seconds(self) -> int:
        """Its length."""
        return round((self.end - self.start).total_seconds())

    def __str__(self) -> str:
        return f"{self.start:{MINUTE}} to {self.end:{MINUTE}} UTC"


def window(days: int | None, month: str | None, now: datetime) -> Window:
    """Return the window of a month, or of so many days that end now; of a week if none is said.

    Raises:
        ProjectError: Both are said, or the month is none, or has not begun.
    """
    if days and month:
        raise ProjectError("Name a month or a number of days, not both.")
    if not month:
        return Window(now - timedelta(days=days or 7), now)
    start, end = (datetime(day.year, day.month, day.day, tzinfo=UTC) for day in month_days(month))
    if start >= now:
        raise ProjectError(f"{month} has not begun: name a month up to {now:%Y-%m}.")
    return Window(start, min(end, now))
