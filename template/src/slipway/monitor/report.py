"""What one monitoring run found; the JSON file, the page and the metrics all show this."""

from datetime import date

import msgspec

from ..contract.interval import Interval
from .decide import Decision
from .drift import DriftReport
from .performance import Performance


class Served(msgspec.Struct, frozen=True):
    """The model that answered most of the month's rows."""

    name: str
    version: int
    digest: str
    trained_as_of: date


class Point(msgspec.Struct, frozen=True):
    """The quality of one month with its bounds, for the trend."""

    month: str
    value: float
    interval: Interval | None = None


class Report(msgspec.Struct, frozen=True):
    """One month as seen on day `as_of`; rows of other models are counted, not judged.

    So are outcomes by what they say, where that is no label, such as a class that came later.
    """

    environment: str
    month: str
    as_of: date
    model: Served
    decision: Decision
    performance: Performance
    drift: DriftReport
    trend: list[Point]
    other_models: dict[str, int]
    unreadable_lines: int
    unusable_outcomes: dict[str, int] = {}

    @property
    def left_out(self) -> list[str]:
        """Say what the figures are without."""
        notes = []
        if others := sum(self.other_models.values()):
            notes.append(f"{others:,} rows of other models")
        if self.unreadable_lines:
            notes.append(f"{self.unreadable_lines:,} unreadable captures")
        if unusable := self.unusable_outcomes:
            values = ", ".join(f"{said} {rows:,}" for said, rows in unusable.items())
            notes.append(f"outcomes that fit no label: {values}")
        return notes
