"""What was trained on cannot fail the gate for its data: both are one split, checked once."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from slipway import bundle, gate
from slipway.errors import ProjectError
from slipway.training import rows, steps
from slipway.training.window import window
from slipway.training_data import snapshot
from slipway.training_data.columns import read_columns
from tests.engine.kit import AS_OF, bundle_of

SPLIT = date(2024, 4, 14)  # window(AS_OF).split
NEWEST = pl.col("handed_over").dt.date() >= SPLIT
Change = Callable[[pl.DataFrame], pl.DataFrame]
Write = Callable[[Change], Path]


@pytest.fixture
def write(parcels: pl.DataFrame, tmp_path: Path) -> Write:
    """Return a function that ingests changed parcels and returns their directory."""

    def write(change: Change) -> Path:
        data = tmp_path / "data"
        data.mkdir()
        changed = change(parcels)
        changed.drop("label").write_parquet(data / rows.FEATURES_FILE)
        changed.select("parcel_id", "label").drop_nulls().write_parquet(data / rows.LABELS_FILE)
        (data / "snapshot.json").write_text(snapshot.take(data).as_text())
        return data

    return write


def only(condition: pl.Expr, column: str, value: object) -> Change:
    """Return a change of one column in some rows."""

    def change(frame: pl.DataFrame) -> pl.DataFrame:
        constant = pl.lit(value, frame.schema[column])
        return frame.with_columns(pl.when(condition).then(constant).otherwise(column).alias(column))

    return change


def test_the_days_of_these_tests_are_those_of_the_window() -> None:
    assert window(AS_OF).split == SPLIT


@pytest.mark.parametrize(
    "change",
    [
        only(NEWEST, "weight", None),
        only(NEWEST & (pl.col("pieces") == 1), "distance", -1),  # an eighth of the newest
    ],
    ids=["null-in-all-of-the-newest", "bad-in-many-of-the-newest"],
)
def test_the_gate_takes_the_newest_rows_that_the_training_took(
    write: Write, change: Change, tmp_path: Path
) -> None:
    sides, fitted = tmp_path / "rows", tmp_path / "fitted"
    steps.validate(AS_OF, write(change), sides)
    steps.train(sides, fitted)
    manifest = bundle.read_manifest(bundle_of(sides, fitted, tmp_path))
    left = read_columns(sides / "holdout.parquet")
    judged = gate.holdout(manifest, tmp_path / "gate")
    assert judged.keys() == left.keys()
    for name, column in left.items():
        np.testing.assert_array_equal(judged[name], column)


def test_a_column_that_is_null_in_all_rows_stops_the_training(write: Write) -> None:
    data = write(only(pl.lit(value=True), "weight", None))
    with pytest.raises(ProjectError, match="Column 'weight' is null in all 3000 rows"):
        rows.split(data, SPLIT)


@pytest.mark.parametrize(
    ("side", "sentence"),
    [
        (~NEWEST, "The rows before 2024-04-14, to train on, say too little: .* both outcomes"),
        (NEWEST, "The rows from 2024-04-14 on, to judge, say too little: .* both outcomes"),
    ],
)
@pytest.mark.parametrize("outcome", [0, 1])
def test_labels_of_one_outcome_on_either_side_are_refused_before_training(
    write: Write, side: pl.Expr, sentence: str, outcome: int, tmp_path: Path
) -> None:
    data = write(only(side, "label", outcome))
    with pytest.raises(ProjectError, match=sentence):
        steps.validate(AS_OF, data, tmp_path / "rows")
    assert not (tmp_path / "rows").exists()


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        (date(2024, 1, 1), "no labelled rows before 2024-01-01, to train on: choose another"),
        (date(2024, 6, 1), "no labelled rows from 2024-06-01 on, to judge: choose another"),
    ],
)
def test_a_side_of_the_split_without_rows_is_told(write: Write, day: date, sentence: str) -> None:
    data = write(lambda frame: frame)
    with pytest.raises(ProjectError, match=sentence):
        rows.split(data, day)


def test_rows_without_an_outcome_are_on_neither_side(write: Write) -> None:
    unknown = pl.col("parcel_id").str.ends_with("7")
    data = write(only(unknown, "label", None))
    sides = rows.split(data, SPLIT)
    kept = pl.concat([sides.train, sides.holdout])
    assert kept.filter(unknown).is_empty()
    assert sides.bad.is_empty()


def test_a_row_is_on_one_side_and_the_oldest_comes_first(write: Write) -> None:
    sides = rows.split(write(lambda frame: frame), SPLIT)
    kept = pl.concat([sides.train, sides.holdout])
    assert kept["parcel_id"].is_unique().all()
    assert kept["handed_over"].is_sorted()
    assert len(kept) == 3000
