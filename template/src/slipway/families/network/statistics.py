"""What a network must know of its training rows before it learns: numpy alone."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from ...features import Array, Matrix

CHUNK = 65_536  # rows that are copied at once


class Statistics(NamedTuple):
    """Mean, 1 / standard deviation, least and greatest value (k,); positions with gaps (g,).

    Of a feature that does not vary the second is 0: it says nothing, whatever it becomes later.
    """

    mean: Array
    scale: Array
    least: Array
    greatest: Array
    gaps: Array


def measure(features: Matrix) -> Statistics:
    """Measure features (n, k), of which NaN and infinity are left out."""
    count = np.zeros(features.shape[1])
    total, squares = count.copy(), count.copy()
    least, greatest = count + np.inf, count - np.inf
    gaps = np.zeros(features.shape[1], dtype=bool)
    for values, finite in _finite(features):
        count += finite.sum(axis=0)
        total += values.sum(axis=0, where=finite)
        least = np.minimum(least, values.min(axis=0, where=finite, initial=np.inf))
        greatest = np.maximum(greatest, values.max(axis=0, where=finite, initial=-np.inf))
        gaps |= np.isnan(values).any(axis=0)
    mean = total / np.maximum(count, 1)
    for values, finite in _finite(features):
        squares += np.square(values - mean, where=finite, out=np.zeros_like(values)).sum(axis=0)
    deviation = np.sqrt(squares / np.maximum(count, 1))
    varies = deviation > np.abs(mean) * np.finfo(np.float32).eps
    scale = np.divide(1, deviation, where=varies, out=np.zeros_like(mean))
    least, greatest = (np.where(count, end, 0) for end in (least, greatest))
    numbers = [column.astype(np.float32) for column in (mean, scale, least, greatest)]
    return Statistics._make([*numbers, np.flatnonzero(gaps)])


def _finite(features: Matrix) -> Iterator[tuple[Array, Array]]:
    """Yield chunks of rows in float64, and which values are finite numbers."""
    for start in range(0, len(features), CHUNK):
        values = features[start : start + CHUNK].astype(np.float64)
        yield values, np.isfinite(values)
