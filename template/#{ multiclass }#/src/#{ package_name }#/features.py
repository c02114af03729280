"""Features of the model, computed by this same code in training, serving and monitoring."""

import msgspec

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
RATES = ("cancelled", "late", "early")  # the rest is on time
FEATURES = (
    *(f"{name}_{outcome}" for outcome in RATES for name in CATEGORIES),
    *("hour", "weekday"),
    *NUMBERS,
)


class Encoder(msgspec.Struct, frozen=True):
    """What is learned from the training rows and travels with the model."""

    rates: dict[str, CategoryMeans]


def fit(columns: Columns, labels: Array) -> Encoder:
    """Learn how often the flights of each category were cancelled, late and early."""
    return Encoder(
        {outcome: fit_category_means(columns, labels == outcome, CATEGORIES) for outcome in RATES}
    )


def transform(columns: Columns, encoder: Encoder) -> Matrix:
    """Return the features (n, len(FEATURES)) float32, in the order of FEATURES."""
    return stack(
        *(encoder.rates[outcome].encode(columns, name) for outcome in RATES for name in CATEGORIES),
        hour(columns[TIME]),
        weekday(columns[TIME]),
        *(columns[name] for name in NUMBERS),
    )
