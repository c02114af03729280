"""What the training data looked like: counts a column, against which drift is measured."""

import msgspec


class NumberBaseline(msgspec.Struct, frozen=True, tag="number"):
    """Counts of a number: `counts[i]` values lie in (edges[i-1], edges[i]], the last above."""

    edges: list[float]
    counts: list[int]
    missing: int


class CategoryBaseline(msgspec.Struct, frozen=True, tag="category"):
    """Counts of a category: `counts[i]` rows hold categories[i], the last any other value."""

    categories: list[str]
    counts: list[int]
    missing: int


ColumnBaseline = NumberBaseline | CategoryBaseline


class Baseline(msgspec.Struct, frozen=True):
    """The training rows' inputs and the model's predictions on held-out rows, by name."""

    features: dict[str, ColumnBaseline]
    predictions: dict[str, ColumnBaseline]
