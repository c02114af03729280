"""Features of training rows that do not know the label of their own row.

An encoder that has seen a row's label gives it away, the more the rarer the row's category is: the
model would learn to trust it, and be disappointed by every new row.
"""

from typing import Any

import msgspec
import numpy as np

from ..features import Array, Columns, Matrix, Transformation

FOLDS = 5


def out_of_fold(transformation: Transformation, columns: Columns, labels: Array) -> Matrix:
    """Return the features (n, k) of rows (n,), each by an encoder fitted on the other folds."""
    fold = np.arange(len(labels)) % FOLDS
    features = np.empty((len(labels), len(transformation.FEATURES)), dtype=np.float32)
    for number in range(min(FOLDS, len(labels))):
        inside = fold == number
        encoder: Any = learned(transformation, _rows(columns, ~inside), labels[~inside])
        features[inside] = transformation.transform(_rows(columns, inside), encoder)
    return features


def learned(transformation: Transformation, columns: Columns, labels: Array) -> Any:
    """Return the encoder of rows (n,) as a server will read it.

    A mapping is written in the order of its names: features that follow another order would be
    those of other columns at the server than here.
    """
    content = msgspec.json.encode(transformation.fit(columns, labels), order="deterministic")
    return msgspec.json.decode(content, type=transformation.Encoder)


def _rows(columns: Columns, chosen: Array) -> dict[str, Array]:
    return {name: column[chosen] for name, column in columns.items()}
