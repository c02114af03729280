"""Ten thousand rows get the same probability in training, from the model file and over HTTP."""

from datetime import date
from pathlib import Path

import httpx
import numpy as np
import polars as pl
import pytest

from slipway import train
from slipway.bundle import Model
from slipway.data import source
from slipway.data.columns import to_columns
from slipway.features import Array, transform

from .bodies import as_rows, as_tensors

ROWS = 10_000
TOLERANCE = 1e-6


@pytest.fixture(scope="module")
def frame() -> pl.DataFrame:
    """Return rows that the model was not trained on, some with nulls."""
    rows = source.read_features(date(2013, 6, 1), date(2013, 7, 1)).head(ROWS)
    assert len(rows) == ROWS
    assert sum(rows.null_count().row(0)) > 0
    return rows


@pytest.fixture(scope="module")
def trained(frame: pl.DataFrame, fitted_dir: Path, model: Model) -> Array:
    """Return what the booster itself says."""
    booster = train.load_booster((fitted_dir / "booster.txt").read_text())
    return train.predict(booster, transform(to_columns(frame), model.manifest.encoder))


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
