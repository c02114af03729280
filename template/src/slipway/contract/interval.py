"""How far off a figure may be."""

import msgspec


class Interval(msgspec.Struct, frozen=True):
    """Bounds between which a figure lies with `confidence`, by the rows of so many `days`."""

    lower: float
    upper: float
    confidence: float
    days: int

    @property
    def sure(self) -> str:
        """The confidence as a percentage."""
        return f"{100 * self.confidence:.4g}%"
