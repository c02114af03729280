"""Features of the model, computed by this same code in training, serving and monitoring."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Columns = Mapping[str, Array]

KEY = "flight_id"
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

SMOOTHING = 50.0  # rows that the overall rate counts for: rare categories stay near it
MINUTES_A_DAY = 24 * 60


class Encoder(msgspec.Struct, frozen=True):
    """Event rate of each category in the training rows; `default` is the rate of all rows."""

    default: float
    rates: dict[str, dict[str, float]]


def fit_encoder(columns: Columns, labels: Array) -> Encoder:
    """Learn the rate of label 1 for each category of `columns`, all (n,), smoothed.

    (events + SMOOTHING * overall rate) / (rows + SMOOTHING), the m-estimate of
    Micci-Barreca, "A preprocessing scheme for high-cardinality categorical attributes" (2001).
    """
    default = float(labels.mean())
    rates = {name: _rates(columns[name], labels, default) for name in CATEGORIES}
    return Encoder(default, rates)


def _rates(column: Array, labels: Array, default: float) -> dict[str, float]:
    rows = Counter(column.tolist())
    events = Counter(column[labels == 1].tolist())
    rows.pop(None, None)
    return {
        category: (events[category] + SMOOTHING * default) / (rows[category] + SMOOTHING)
        for category in sorted(rows)
    }


def transform(columns: Columns, encoder: Encoder) -> npt.NDArray[np.float32]:
    """Return the features (n, 12) float32, in the order of FEATURES.

    Categories are arrays of str, the time is datetime64[m], numbers are float32 with NaN for
    null. A category that training has not seen gets the encoder's default.
    """
    time = columns[TIME].astype("datetime64[m]").astype(np.int64)
    days, minutes = np.divmod(time, MINUTES_A_DAY)
    features = np.empty((len(time), len(FEATURES)), dtype=np.float32)
    position = 0
    for name in CATEGORIES:
        rates, default = encoder.rates[name], encoder.default
        features[:, position] = [rates.get(value, default) for value in columns[name].tolist()]
        position += 1
    features[:, position] = minutes / 60
    features[:, position + 1] = (days + 3) % 7 + 1  # 1970-01-01 was a Thursday; Monday is 1
    for index, name in enumerate(NUMBERS, start=position + 2):
        features[:, index] = columns[name]
    return features
