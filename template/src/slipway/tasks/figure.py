"""Figures of a model, and wrong values, as people read them."""

import math
from collections.abc import Iterable
from typing import Any, Literal

import msgspec

DIGITS = 4  # of a figure whose size depends on its unit
SHOWN = 5  # wrong values that a sentence names


class Metric(msgspec.Struct, frozen=True):
    """One figure of a model: `title` for people, `better` where two models are compared by it.

    `form` is the format specification in which it is printed; four digits count where there is
    none. `meaning` is one sentence.
    """

    name: str
    title: str
    form: str
    meaning: str
    better: Literal["higher", "lower", ""] = ""

    def show(self, value: float | None) -> str:
        """Return a value as text; nothing when there is none."""
        return "" if value is None else shown(value, self.form)

    def limit(self, value: float) -> str:
        """Return a limit as people write it: 0.68, 30, or 70% of a figure that is a share."""
        return f"{100 * value:,.10g}%" if self.form.endswith("%") else f"{value:,.10g}"

    def loss(self, new: float, old: float) -> float:
        """Return by how much `new` is worse than `old`; negative when it is better."""
        return new - old if self.better == "lower" else old - new

    def misses(self, value: float, objective: float) -> bool:
        """Tell whether a value is worse than an objective."""
        return self.loss(value, objective) > 0


def shown(value: float, form: str = "") -> str:
    """Return a value in its format specification, with DIGITS digits that count if it has none."""
    if form or not math.isfinite(value) or not value:
        return format(value, form)
    behind = DIGITS - 1 - math.floor(math.log10(abs(value)))
    return f"{value:,.{max(behind, 0)}f}"


def named(values: Iterable[Any]) -> str:
    """Name the first of some values."""
    words = [repr(value) if isinstance(value, str) else str(value) for value in values]
    return ", ".join(words[:SHOWN]) + (", ..." if len(words) > SHOWN else "")
