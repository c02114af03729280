"""Features of the made-up parcels."""

from slipway.features import (
    Array,
    CategoryMeans,
    Columns,
    Matrix,
    fit_category_means,
    hour,
    stack,
    weekday,
)

CATEGORIES = ("depot", "country")
NUMBERS = ("weight", "distance", "pieces", "express")
FEATURES = ("depot_rate", "country_rate", "hour", "weekday", *NUMBERS)

Encoder = CategoryMeans


def fit(columns: Columns, labels: Array) -> Encoder:
    """Learn how often the parcels of each category were late."""
    return fit_category_means(columns, labels, CATEGORIES)


def transform(columns: Columns, encoder: Encoder) -> Matrix:
    """Return the features (n, 8) float32, in the order of FEATURES."""
    return stack(
        *(encoder.encode(columns, name) for name in CATEGORIES),
        hour(columns["handed_over"]),
        weekday(columns["handed_over"]),
        *(columns[name] for name in NUMBERS),
    )
