"""Features of the made-up rounds: the hour as 24 columns, so that a model has something to save."""

import numpy as np

from slipway.features import (
    Array,
    CategoryMeans,
    Columns,
    Matrix,
    fit_category_means,
    hour,
    stack,
)

HOURS = tuple(range(24))
FEATURES = ("town_mean", "houses", "rain", *(f"hour_{number}" for number in HOURS))

Encoder = CategoryMeans


def fit(columns: Columns, labels: Array) -> Encoder:
    """Learn how many letters a round of each town has."""
    return fit_category_means(columns, labels, ("town",))


def transform(columns: Columns, encoder: Encoder) -> Matrix:
    """Return the features (n, 27) float32, in the order of FEATURES."""
    hours = np.floor(hour(columns["begins"]))
    rain = np.nan_to_num(columns["rain"])
    return stack(
        encoder.encode(columns, "town"),
        columns["houses"],
        rain,
        *(hours == number for number in HOURS),
    )
