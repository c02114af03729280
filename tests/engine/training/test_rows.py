"""What was trained on cannot fail the gate for its data: both are one split, checked once."""

import json
import re
from collections.abc import Callable
from datetime import date, timedelta
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
BOTH = r"outcomes: 0 [\d,]+, 1 [\d,]+"
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


@pytest.mark.parametrize(("hours", "end"), [(24, 30), (36, 29), (48, 29), (49, 28)])
def test_a_day_whose_outcomes_are_known_in_part_is_left_to_the_next_training(
    hours: int, end: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("parcels.source.LABEL_DELAY", timedelta(hours=hours))
    assert window(AS_OF).end == date(2024, 4, end)


def test_a_day_before_the_calendar_is_refused() -> None:
    with pytest.raises(ProjectError, match="choose another --as-of than 0001-01-02"):
        window(date(1, 1, 2))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (only(NEWEST, "weight", None), f"0 bad; {BOTH}; weight is null in all of the newest"),
        (
            only(NEWEST & (pl.col("pieces") == 1), "distance", -1),
            rf"bad; {BOTH}; 1\d% of the newest are bad",
        ),
        (lambda frame: frame, f"0 bad; {BOTH}$"),
    ],
)
def test_what_is_wrong_with_the_newest_rows_alone_is_said_at_the_training(
    write: Write, change: Change, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    steps.validate(AS_OF, write(change), tmp_path / "rows")
    assert re.search(said, capsys.readouterr().out.strip())


def test_outcomes_that_cannot_be_used_are_counted_and_kept_with_what_they_say(
    write: Write, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    strange = only(pl.col("parcel_id").str.ends_with("77"), "label", 7)
    steps.validate(AS_OF, write(strange), tmp_path / "rows")
    kept = pl.read_parquet(tmp_path / "rows" / "quarantine.parquet")
    assert kept["label"].unique().to_list() == ["7"]
    counts = json.loads((tmp_path / "rows" / "quarantine.json").read_text())
    assert counts == {"label|task": len(kept)}
    assert f"outcomes that fit no label: '7' {len(kept)}" in capsys.readouterr().out


def test_every_row_is_trained_on_or_judged_or_bad_or_told_to_have_no_outcome(
    write: Write, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nth = pl.int_range(pl.len()) % 50
    unlabelled, strange = only(nth == 0, "label", None), only(nth == 1, "label", 7)
    data = write(lambda frame: only(nth == 2, "weight", 1e9)(strange(unlabelled(frame))))
    steps.validate(AS_OF, data, tmp_path / "rows")
    files = ("train", "holdout", "quarantine")
    left = [len(pl.read_parquet(tmp_path / "rows" / f"{name}.parquet")) for name in files]
    told = re.search(r"; (\d+) without an outcome", capsys.readouterr().out)
    assert told
    read = len(pl.read_parquet(data / rows.FEATURES_FILE))
    assert sum(left) + int(told[1]) == read
    assert left[2] == 2 * int(told[1]) == 2 * read // 50


def test_a_column_that_is_null_in_all_rows_stops_the_training(write: Write) -> None:
    data = write(only(pl.lit(value=True), "weight", None))
    with pytest.raises(ProjectError, match="Column 'weight' is null in all 3000 rows"):
        rows.split(data, SPLIT)


@pytest.mark.parametrize(
    ("side", "sentence"),
    [
        (~NEWEST, "The rows before 2024-04-14, to train on, say too little: .* of each must"),
        (NEWEST, "The rows from 2024-04-14 on, to judge, say too little: .* of each must"),
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
    ("rows_kept", "sentence"),
    [
        (60, r"to train on, .* the \d+ labelled rows hold \d+ events and \d+ others, and at "),
        (300, r"to judge, .* the \d+ labelled rows hold \d+ events and \d+ others, and at "),
    ],
)
def test_too_little_data_is_said_before_training(
    write: Write, rows_kept: int, sentence: str, tmp_path: Path
) -> None:
    data = write(lambda frame: frame.sample(rows_kept, seed=1).sort("handed_over"))
    with pytest.raises(ProjectError, match=sentence + r"least \d+ of each must be there"):
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
