"""Features and model of this project: a beginning, to be continued beside what you change.

The fixtures come from slipway.testing: `model` is trained on this project's data, `rows` are some
that it has not seen.
"""

import numpy as np
import polars as pl

from slipway.bundle import Model
from slipway.training_data.columns import to_columns


def test_a_category_that_training_has_not_seen_gets_a_prediction(
    model: Model, rows: pl.DataFrame
) -> None:
    texts = [
        spec.name
        for spec in model.manifest.inputs
        if spec.datatype == "BYTES" and spec.role == "feature"
    ]
    unseen = rows.with_columns(pl.lit("never seen").alias(name) for name in texts)
    assert np.isfinite(model.predict(to_columns(unseen))).all()


def test_what_may_be_missing_may_be_missing(model: Model, rows: pl.DataFrame) -> None:
    nullable = [spec.name for spec in model.manifest.inputs if spec.nullable]
    emptied = rows.with_columns(
        pl.lit(None, dtype=rows.schema[name]).alias(name) for name in nullable
    )
    assert np.isfinite(model.predict(to_columns(emptied))).all()
