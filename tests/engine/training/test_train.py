import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from slipway import bundle, train
from slipway.data.columns import read_columns, to_columns
from slipway.export import to_onnx
from slipway.features import FEATURES, Array, transform

SMALL = {**train.PARAMETERS, "num_iterations": 20}


@pytest.fixture(scope="module")
def columns(rows_dir: Path) -> dict[str, Array]:
    return read_columns(rows_dir / "train.parquet")


def test_the_exported_model_answers_as_the_booster(
    columns: dict[str, Array], flights: pl.DataFrame
) -> None:
    booster, encoder = train.fit(columns, columns["label"], SMALL)
    features = transform(to_columns(flights), encoder)
    exported = bundle.run(bundle.open_session(to_onnx(booster)), features)
    assert np.abs(exported - train.predict(booster, features)).max() < 1e-6


def test_rows_that_lie_exactly_on_a_threshold_agree_too(columns: dict[str, Array]) -> None:
    booster, encoder = train.fit(columns, columns["label"], SMALL)
    features = transform(columns, encoder)[:1].repeat(3000, axis=0)
    text = booster.model_to_string()
    for position, thresholds in enumerate(_thresholds(text)):
        on = np.resize(np.array(thresholds, np.float32), 1000)
        features[:1000, position] = on
        features[1000:2000, position] = np.nextafter(on, np.float32(-np.inf))
        features[2000:, position] = np.nextafter(on, np.float32(np.inf))
    exported = bundle.run(bundle.open_session(to_onnx(booster)), features)
    assert np.abs(exported - train.predict(booster, features)).max() < 1e-6


def _thresholds(text: str) -> list[list[float]]:
    """Return the thresholds of each feature in LightGBM's text format."""
    found: list[list[float]] = [[0.0] for _ in FEATURES]
    lines = text.splitlines()
    splits = [line for line in lines if line.startswith("split_feature=")]
    values = [line for line in lines if line.startswith("threshold=")]
    for split, value in zip(splits, values, strict=True):
        for feature, threshold in zip(_numbers(split), _numbers(value), strict=True):
            found[int(feature)].append(threshold)
    return found


def _numbers(line: str) -> list[float]:
    return [float(word) for word in line.partition("=")[2].split()]


def test_every_threshold_is_a_float32(columns: dict[str, Array]) -> None:
    booster, _ = train.fit(columns, columns["label"], SMALL)
    thresholds = np.concatenate(_thresholds(booster.model_to_string()))
    assert (thresholds.astype(np.float32) == thresholds).all()


def test_rounding_the_thresholds_changes_no_answer(columns: dict[str, Array]) -> None:
    lightgbm = train.import_lightgbm()
    booster, encoder = train.fit(columns, columns["label"], SMALL)
    features = transform(columns, encoder)
    data = lightgbm.Dataset(features, columns["label"])
    exact = lightgbm.train({**SMALL, "verbosity": -1}, data)
    assert (exact.predict(features) == train.predict(booster, features)).all()


@pytest.mark.parametrize("threads", [1, 2])
def test_the_same_rows_give_the_same_bytes(
    columns: dict[str, Array], fitted_dir: Path, threads: int
) -> None:
    booster, encoder = train.fit(columns, columns["label"], {**SMALL, "num_threads": threads})
    expected = hashlib.sha256((fitted_dir / "model.onnx").read_bytes()).hexdigest()
    assert hashlib.sha256(to_onnx(booster)).hexdigest() == expected
    assert json.loads((fitted_dir / "encoder.json").read_text())["rates"] == encoder.rates


def test_a_booster_has_the_same_bytes_in_every_process(fitted_dir: Path) -> None:
    script = (
        "import sys; from pathlib import Path;"
        "from slipway.export import to_onnx;"
        "from slipway.train import load_booster;"
        "sys.stdout.buffer.write(to_onnx(load_booster(Path(sys.argv[1]).read_text())))"
    )
    command = [sys.executable, "-c", script, str(fitted_dir / "booster.txt")]
    exported = {
        subprocess.run(
            command, env={**os.environ, "PYTHONHASHSEED": seed}, check=True, capture_output=True
        ).stdout
        for seed in ("0", "20")  # the converter's sets come out in either order
    }
    assert exported == {(fitted_dir / "model.onnx").read_bytes()}
