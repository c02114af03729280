import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import polars as pl
import pytest

from parcels import features as parcel_features
from slipway import bundle
from slipway.errors import ProjectError
from slipway.families import Resources, TrainingRows
from slipway.families.boosting import FITTED, Boosting, booster
from slipway.families.boosting.library import import_lightgbm
from slipway.families.space import Range
from slipway.features import Array, Columns, Matrix
from slipway.training_data.columns import read_columns, to_columns

SMALL = Boosting(num_iterations=20, learning_rate=0.15, min_child_samples=40)


@pytest.fixture(scope="module")
def encoder(fitted_dir: Path) -> parcel_features.Encoder:
    content = (fitted_dir / "encoder.json").read_bytes()
    return msgspec.json.decode(content, type=parcel_features.Encoder)


@pytest.fixture(scope="module")
def rows(rows_dir: Path, encoder: parcel_features.Encoder) -> TrainingRows:
    columns = read_columns(rows_dir / "train.parquet")
    return training_rows(columns, parcel_features.transform(columns, encoder))


@pytest.fixture(scope="module")
def fitted(rows: TrainingRows, tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("boosting")
    SMALL.fit(rows, directory)
    return directory


def training_rows(columns: Columns, features: Matrix) -> TrainingRows:
    return TrainingRows(features, parcel_features.FEATURES, columns["label"], "log_loss")


def answers(fitted: Path, features: Matrix) -> Array:
    """Return what the booster itself says."""
    return booster.predict(booster.load((fitted / FITTED).read_text()), features)


def exported_answers(onnx_bytes: bytes, features: Matrix) -> Array:
    return bundle.run(bundle.open_session(onnx_bytes), features)[:, 1]


def thresholds_of(fitted: Path) -> list[list[float]]:
    """Return the thresholds of each feature in LightGBM's text format."""
    thresholds: list[list[float]] = [[0.0] for _ in parcel_features.FEATURES]
    lines = (fitted / FITTED).read_text().splitlines()
    splits = [line for line in lines if line.startswith("split_feature=")]
    values = [line for line in lines if line.startswith("threshold=")]
    for split, value in zip(splits, values, strict=True):
        for feature, threshold in zip(numbers(split), numbers(value), strict=True):
            thresholds[int(feature)].append(threshold)
    return thresholds


def numbers(line: str) -> list[float]:
    return [float(word) for word in line.partition("=")[2].split()]


def test_the_exported_model_answers_as_the_booster(
    rows: TrainingRows, fitted: Path, parcels: pl.DataFrame, encoder: parcel_features.Encoder
) -> None:
    features = parcel_features.transform(to_columns(parcels), encoder)
    exported = exported_answers(SMALL.export(rows, fitted), features)
    assert np.abs(exported - answers(fitted, features)).max() < 1e-6


def test_rows_that_lie_exactly_on_a_threshold_agree_too(rows: TrainingRows, fitted: Path) -> None:
    features = rows.features[:1].repeat(3000, axis=0)
    for position, thresholds in enumerate(thresholds_of(fitted)):
        on = np.resize(np.array(thresholds, np.float32), 1000)
        features[:1000, position] = on
        features[1000:2000, position] = np.nextafter(on, np.float32(-np.inf))
        features[2000:, position] = np.nextafter(on, np.float32(np.inf))
    exported = exported_answers(SMALL.export(rows, fitted), features)
    assert np.abs(exported - answers(fitted, features)).max() < 1e-6


def test_every_threshold_is_a_float32(fitted: Path) -> None:
    thresholds = np.concatenate(thresholds_of(fitted))
    assert len(thresholds) > 100
    assert (thresholds.astype(np.float32) == thresholds).all()


def test_rounding_the_thresholds_changes_no_answer(rows: TrainingRows, fitted: Path) -> None:
    lightgbm = import_lightgbm()
    data = lightgbm.Dataset(rows.features, rows.labels)
    parameters = {**SMALL.parameters, "objective": "binary", "verbosity": -1}
    exact = lightgbm.train(parameters, data)
    assert (exact.predict(rows.features) == answers(fitted, rows.features)).all()


@pytest.mark.parametrize("threads", [1, 2])
def test_the_same_rows_give_the_same_bytes(
    rows: TrainingRows, fitted: Path, tmp_path: Path, threads: int
) -> None:
    parameters: dict[str, Any] = {**SMALL.parameters, "num_threads": threads}
    family = Boosting(None, **parameters)
    family.fit(rows, tmp_path)
    assert family.export(rows, tmp_path) == SMALL.export(rows, fitted)


def test_a_booster_has_the_same_bytes_in_every_process(fitted_dir: Path) -> None:
    script = (
        "import sys; from pathlib import Path;"
        "from slipway.families.boosting import booster, onnx;"
        "fitted = booster.load(Path(sys.argv[1]).read_text());"
        "sys.stdout.buffer.write(onnx.export(fitted, fitted.num_feature()))"
    )
    command = [sys.executable, "-c", script, str(fitted_dir / FITTED)]
    exported = {
        subprocess.run(
            command, env={**os.environ, "PYTHONHASHSEED": seed}, check=True, capture_output=True
        ).stdout
        for seed in ("0", "20")  # the converter's sets come out in either order
    }
    assert exported == {(fitted_dir / bundle.MODEL_FILE).read_bytes()}


def test_every_smaller_model_is_made_of_fewer_trees_or_learned_the_full_ones_answers(
    rows: TrainingRows, fitted: Path
) -> None:
    smaller = dict(SMALL.compressions(rows, fitted))
    assert set(smaller) == {
        *("truncate-15", "truncate-10", "truncate-5"),
        *("distil-60x15", "distil-30x31"),
    }
    full = answers(fitted, rows.features)
    for onnx_bytes in smaller.values():
        exported = exported_answers(onnx_bytes, rows.features)
        assert np.corrcoef(exported, full)[0, 1] > 0.9


def other_rows(rows: TrainingRows, loss: str) -> TrainingRows:
    """Return the same features with an outcome that is a number, or one of three classes."""
    score = rows.features[:, 5].astype(np.float64) / 500 + rows.labels
    if loss == "squared_error":
        return rows._replace(labels=score * 1000, loss=loss)
    return rows._replace(labels=np.digitize(score, [1, 2]), loss=loss, classes=3)


@pytest.mark.parametrize(
    ("loss", "shape"), [("squared_error", (1,)), ("multiclass_log_loss", (3,))]
)
def test_numbers_and_classes_are_exported_as_the_booster_answers(
    rows: TrainingRows, tmp_path: Path, loss: str, shape: tuple[int]
) -> None:
    data = other_rows(rows, loss)
    SMALL.fit(data, tmp_path)
    onnx_bytes = SMALL.export(data, tmp_path)
    exported = bundle.run(bundle.open_session(onnx_bytes), rows.features)
    assert (exported.shape[1:], exported.dtype.name) == (shape, "float32")
    own = answers(tmp_path, rows.features).reshape(exported.shape)
    assert exported == pytest.approx(own, rel=1e-5, abs=1e-6)
    assert SMALL.export(data, tmp_path) == onnx_bytes


@pytest.mark.parametrize("loss", ["squared_error", "multiclass_log_loss"])
def test_smaller_models_of_numbers_and_classes_answer_almost_the_same(
    rows: TrainingRows, tmp_path: Path, loss: str
) -> None:
    data = other_rows(rows, loss)
    SMALL.fit(data, tmp_path)
    full = answers(tmp_path, rows.features).reshape(len(rows.labels), -1)
    smaller = dict(SMALL.compressions(data, tmp_path))
    assert len(smaller) == 5
    for onnx_bytes in smaller.values():
        exported = bundle.run(bundle.open_session(onnx_bytes), rows.features)
        for own, other in zip(full.T, exported.T, strict=True):
            assert np.corrcoef(own, other)[0, 1] > 0.9


def test_a_loss_that_boosting_does_not_minimise_is_refused(
    rows: TrainingRows, tmp_path: Path
) -> None:
    with pytest.raises(ProjectError, match=r"asks for hinge: choose another family in model\.py"):
        SMALL.fit(rows._replace(loss="hinge"), tmp_path)
    assert list(tmp_path.glob(FITTED)) == []


@pytest.mark.parametrize("count", [60, 150])
def test_rows_too_few_for_a_branch_are_refused(
    rows: TrainingRows, count: int, tmp_path: Path
) -> None:
    few = rows._replace(features=rows.features[:count], labels=rows.labels[:count])
    with pytest.raises(ProjectError, match=f"learned nothing from {count} rows: take a longer"):
        Boosting(min_child_samples=100).fit(few, tmp_path)
    assert not (tmp_path / FITTED).exists()


def test_a_tuned_family_has_the_new_parameters_and_keeps_all_else() -> None:
    family = Boosting(Resources(cpu="2"), {"num_leaves": Range(2, 9)}, max_bin=63, num_leaves=4)
    tuned = family.tuned({"num_leaves": 7})
    assert {**family.parameters, "num_leaves": 7} == tuned.parameters
    assert (tuned.resources, tuned.space) == (family.resources, family.space)
    assert family.parameters["num_leaves"] == 4


def test_parameters_that_lightgbm_refuses_are_one_sentence(
    rows: TrainingRows, tmp_path: Path
) -> None:
    with pytest.raises(ProjectError, match=r"LightGBM refuses the parameters.*model\.py: .+\.$"):
        Boosting(learning_rate=-1.0).fit(rows, tmp_path)
