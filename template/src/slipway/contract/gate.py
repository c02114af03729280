"""What the gate said about a model."""

from typing import Literal

import msgspec

from .interval import Interval
from .metrics import Metrics

Verdict = Literal["better", "not worse, but newer", "not shown to be better", "worse"]
NO_CHAMPION = "no champion"


class Check(msgspec.Struct, frozen=True):
    """One requirement: the value found, its limit, and both in words."""

    name: str
    value: float
    limit: float
    passed: bool
    words: str


class Comparison(msgspec.Struct, frozen=True):
    """The challenger beside the champion; `gain` is positive where the challenger is better.

    `interval` of the gain is None where the rows cannot say how sure it is.
    """

    verdict: Verdict
    gain: float
    interval: Interval | None = None


class Judged(msgspec.Struct, frozen=True):
    """A model on the gate's rows; it was trained on `trained_days` of the days they are of."""

    model_digest: str
    manifest_digest: str
    metrics: Metrics
    trained_days: int = 0


class GateReport(msgspec.Struct, frozen=True):
    """The gate's verdict; `champion` is None when nothing is served yet.

    `comparison` is None then, too, and in reports of 1.0.
    """

    passed: bool
    sentence: str
    checks: list[Check]
    challenger: Judged
    champion: Judged | None
    rows: int
    snapshot: str
    comparison: Comparison | None = None

    @property
    def against_champion(self) -> str:
        """The word for the challenger beside the champion."""
        return self.comparison.verdict if self.comparison else NO_CHAMPION
