"""What one monitoring run found; the JSON file, the page and the metrics all show this."""

from datetime import date

import msgspec

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
    """The quality of one month, for the trend."""

    month: str
    value: float


class Report(msgspec.Struct, frozen=True):
    """One month as seen on day `as_of`; rows of other models are counted, not judged."""

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
