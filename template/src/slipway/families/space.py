"""Which values of a parameter are worth trying: public, for the `space` of a family."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from ..errors import ProjectError

Value = bool | int | float | str


@dataclass(frozen=True)
class Range:
    """Numbers from `low` to `high`, both included, whole ones where both are.

    `log` tries each order of magnitude as often as the next.
    """

    low: int | float
    high: int | float
    log: bool = False

    @property
    def whole(self) -> bool:
        """Tell whether only whole numbers are tried."""
        return isinstance(self.low, int) and isinstance(self.high, int)


@dataclass(frozen=True)
class Choice:
    """One of some values that have no order."""

    values: tuple[Value, ...]


Space = Mapping[str, Range | Choice]


def check(space: Space) -> None:
    """Look whether every parameter of a space has values.

    Raises:
        ProjectError: One has none; the sentence names it.
    """
    for name, values in space.items():
        if isinstance(values, Choice):
            wrong = "" if values.values else "it has no values"
        else:
            wrong = _wrong(values)
        if wrong:
            raise ProjectError(f"The space in model.py cannot try {name}: {wrong}.")


def _wrong(values: Range) -> str:
    if not (math.isfinite(values.low) and math.isfinite(values.high)):
        return f"{values.low} to {values.high} has no end"
    if values.low > values.high:
        return f"{values.low} is above {values.high}"
    if values.log and values.low <= 0:
        return f"orders of magnitude begin above 0, not at {values.low}"
    return ""
