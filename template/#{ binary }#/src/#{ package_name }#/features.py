"""Features of the model, computed by this same code in training, serving and monitoring."""

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

TIME = "scheduled_departure"
CATEGORIES = ("carrier", "origin", "dest")
NUMBERS = (
    "distance",
    "temperature",
    "humidity",
    "wind_speed",
    "precipitation",
    "pressure",
    "visibility",
)
FEATURES = (*(f"{name}_rate" for name in CATEGORIES), "hour", "weekday", *NUMBERS)

Encoder = CategoryMeans  # what is learned from the training rows and travels with the model


def fit(columns: Columns, labels: Array) -> Encoder:
    """Learn how often the flights of each category were late."""
    return fit_category_means(columns, labels, CATEGORIES)


def transform(columns: Columns, encoder: Encoder) -> Matrix:
    """Return the features (n, len(FEATURES)) float32, in the order of FEATURES."""
    return stack(
        *(encoder.encode(columns, name) for name in CATEGORIES),
        hour(columns[TIME]),
        weekday(columns[TIME]),
        *(columns[name] for name in NUMBERS),
    )
