"""What a project's features are made of: public, for `features.py` of its own package.

That module computes features by the same code in training, serving and monitoring. It fits an
Encoder on training rows, which travels with the model as JSON, and transforms columns with it.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any, Protocol

import msgspec
import numpy as np
import numpy.typing as npt

from .errors import ProjectError

Array = npt.NDArray[Any]
Columns = Mapping[str, Array]
Matrix = npt.NDArray[np.float32]

CATEGORIES_MAXIMUM = 1000  # of one column that are learned; the rarest beyond have the mean of all
SMOOTHING = 50.0  # rows that the overall mean counts for: rare categories stay near it
MINUTES_A_DAY = 24 * 60


class Transformation(Protocol):
    """The contract of a project's module `features`.

    Columns are arrays (n,) by name: texts are objects with None for null, times datetime64[m],
    integers int64, yes or no bool, all others float32 with NaN for null.
    """

    FEATURES: tuple[str, ...]  # names of what `transform` returns, in its order
    Encoder: type[Any]  # a msgspec.Struct: what `fit` learns

    def fit(self, columns: Columns, labels: Array) -> Any:
        """Learn the encoder on training rows (n,) with labels (n,)."""
        ...

    def transform(self, columns: Columns, encoder: Any) -> Matrix:
        """Return the features (n, len(FEATURES)) float32."""
        ...


class CategoryMeans(msgspec.Struct, frozen=True):
    """Mean label of each category in the training rows; `default` is the mean of all rows."""

    default: float
    means: dict[str, dict[str, float]]

    def encode(self, columns: Columns, name: str) -> Array:
        """Return the mean of each row's category (n,); one that was never seen has the default."""
        means, default = self.means[name], self.default
        categories = texts(columns[name])
        return np.array(
            [default if text is None else means.get(text, default) for text in categories]
        )


def rows_not_finite(predictions: Array) -> int:
    """Return how many rows of predictions (n,) or (n, k) hold what is no finite number."""
    finite = np.isfinite(predictions)
    return 0 if finite.all() else int((~finite).reshape(len(finite), -1).any(axis=1).sum())


def fit_category_means(columns: Columns, labels: Array, names: tuple[str, ...]) -> CategoryMeans:
    """Learn the mean label of each category of the columns `names`, all (n,), smoothed.

    (sum + SMOOTHING * overall mean) / (rows + SMOOTHING), the m-estimate of
    Micci-Barreca, "A preprocessing scheme for high-cardinality categorical attributes" (2001).
    Of classes, give what a mean makes sense of: `labels == "some class"`.

    Raises:
        ProjectError: The labels are texts.
    """
    if labels.dtype.kind not in "biuf":
        raise ProjectError(
            "Texts have no mean: give fit_category_means numbers in features.py, such as "
            "`labels == 'some class'`."
        )
    default = float(labels.mean())
    return CategoryMeans(default, {name: _means(columns[name], labels, default) for name in names})


def _means(column: Array, labels: Array, default: float) -> dict[str, float]:
    categories = texts(column)
    rows = Counter(category for category in categories if category is not None)
    sums: Counter[str | None] = Counter()
    for category, label in zip(categories, labels.tolist(), strict=True):
        sums[category] += label
    ranked = sorted(rows, key=lambda category: (-rows[category], category))
    return {
        category: (sums[category] + SMOOTHING * default) / (rows[category] + SMOOTHING)
        for category in sorted(ranked[:CATEGORIES_MAXIMUM])
    }


def texts(column: Array) -> list[str | None]:
    """Return values (n,) as texts, the same before and after JSON; None for null."""
    values = column.tolist()
    return [None if value is None or value != value else str(value) for value in values]


def hour(times: Array) -> Array:
    """Return the hour of the day of times (n,), with the minutes as a fraction."""
    return np.asarray(_minutes(times) % MINUTES_A_DAY / 60)


def weekday(times: Array) -> Array:
    """Return the day of the week of times (n,): Monday is 1, Sunday 7."""
    days = _minutes(times) // MINUTES_A_DAY
    return np.asarray((days + 3) % 7 + 1)  # 1970-01-01 was a Thursday


def _minutes(times: Array) -> npt.NDArray[np.int64]:
    """Return the minutes since 1970."""
    return times.astype("datetime64[m]").astype(np.int64)


def stack(*columns: Array) -> Matrix:
    """Return columns (n,) side by side, (n, len(columns)) float32."""
    features = np.empty((len(columns[0]), len(columns)), dtype=np.float32)
    for position, column in enumerate(columns):
        features[:, position] = column
    return features
