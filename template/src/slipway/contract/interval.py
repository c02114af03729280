"""How far off a figure may be."""

import msgspec


class Interval(msgspec.Struct, frozen=True):
    """Two bounds of a figure, each of which holds with `confidence`; they come from `days` days."""

    lower: float
    upper: float
    confidence: float
    days: int

    @property
    def sure(self) -> str:
        """The confidence as a percentage."""
        return f"{100 * self.confidence:.4g}%"
