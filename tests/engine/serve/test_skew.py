"""Ten thousand rows get the same probability in training, from the model file and over HTTP."""

from datetime import date
from pathlib import Path

import httpx
import numpy as np
import polars as pl
import pytest

from parcels import features, source
from slipway.bundle import Model
from slipway.families.boosting import FITTED, booster
from slipway.features import Array
from slipway.training_data.columns import to_columns
from tests.engine.kit import AS_OF

from .bodies import as_rows, as_tensors

ROWS = 10_000
TOLERANCE = 1e-6


@pytest.fixture(scope="module")
def frame() -> pl.DataFrame:
    """Return valid rows that the model was not trained on, some with nulls.

    They are drawn from days after its data, column by column, so that most exist nowhere else.
    """
    later = source.read_features(AS_OF, date(2024, 6, 30))
    drawn = {
        column.name: column.sample(ROWS, with_replacement=True, seed=seed)
        for seed, column in enumerate(later.iter_columns())
    }
    assert drawn["weight"].null_count() > 0
    return pl.DataFrame(drawn)


@pytest.fixture(scope="module")
def trained(frame: pl.DataFrame, fitted_dir: Path, model: Model) -> Array:
    """Return what the booster itself says."""
    fitted = booster.load((fitted_dir / FITTED).read_text())
    return booster.predict(fitted, features.transform(to_columns(frame), model.encoder))


def test_the_model_file_says_what_the_booster_says(
    frame: pl.DataFrame, trained: Array, model: Model
) -> None:
    np.testing.assert_allclose(model.predict(to_columns(frame)), trained, rtol=0, atol=TOLERANCE)


def test_the_protocol_says_what_the_booster_says(
    frame: pl.DataFrame, trained: Array, model: Model, client: httpx.Client, infer_path: str
) -> None:
    served: list[float] = []
    for part in frame.iter_slices(5000):
        response = client.post(infer_path, json=as_tensors(as_rows(part, model), model))
        served += response.raise_for_status().json()["outputs"][0]["data"]
    np.testing.assert_allclose(served, trained, rtol=0, atol=TOLERANCE)


def test_the_typed_route_says_what_the_booster_says(
    frame: pl.DataFrame, trained: Array, model: Model, client: httpx.Client
) -> None:
    served: list[float] = []
    for part in frame.iter_slices(1000):
        response = client.post("/v1/predictions", json={"rows": as_rows(part, model)})
        answers = response.raise_for_status().json()["predictions"]
        served += [answer["probability"] for answer in answers]
    np.testing.assert_allclose(served, trained, rtol=0, atol=TOLERANCE)
