from collections.abc import Callable

import dataframely as dy
import polars as pl
import pytest

from slipway.errors import ProjectError
from slipway.training_data import quarantine


@pytest.fixture
def frame(parcels: pl.DataFrame) -> pl.DataFrame:
    return parcels.drop("label")


def test_good_rows_pass_unchanged(frame: pl.DataFrame) -> None:
    result = quarantine.split(frame)
    assert result.good.equals(frame)
    assert result.bad.is_empty()
    assert result.counts == {}


@pytest.mark.parametrize(
    ("column", "value", "rule"),
    [
        ("weight", 500.0, "weight|max"),
        ("weight", -1.0, "weight|min"),
        ("weight", float("inf"), "weight|inf"),
        ("weight", float("nan"), "weight|nan"),
        ("distance", None, "distance|nullability"),
        ("pieces", 0, "pieces|min"),
        ("express", None, "express|nullability"),
        ("depot", "ber", "depot|regex"),
        ("country", "", "country|regex"),
        ("parcel_id", None, "parcel_id|nullability"),
    ],
)
def test_a_bad_row_is_set_aside_with_its_reason(
    frame: pl.DataFrame, column: str, value: object, rule: str
) -> None:
    bad = pl.Series([value], dtype=frame.schema[column])
    damaged = frame.with_columns(
        pl.when(pl.int_range(pl.len()) == 7).then(bad).otherwise(column).alias(column)
    )
    result = quarantine.split(damaged)
    assert len(result.good) == len(frame) - 1
    assert result.counts[rule] == 1
    assert rule in result.bad["reasons"][0].split(", ")
    assert result.bad["handed_over"][0] == frame["handed_over"][7]


def test_a_row_that_is_there_twice_is_set_aside_both_times(frame: pl.DataFrame) -> None:
    result = quarantine.split(pl.concat([frame, frame.head(1)]))
    assert len(result.good) == len(frame) - 1
    assert result.bad["reasons"].to_list() == ["primary_key", "primary_key"]


INT8 = {"label": pl.Int8}
Change = Callable[[pl.DataFrame], pl.DataFrame]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda f: f.drop("weight"), "Column 'weight' is missing: return it from"),
        (lambda f: f.with_columns(extra=1), "Column 'extra' is not in the schema: describe it"),
        (
            lambda f: f.cast({"distance": pl.String}),
            "Column 'distance' is String but the schema says Float32: cast it",
        ),
        (
            lambda f: f.cast({"handed_over": pl.Date}),
            "Column 'handed_over' is Date but the schema says Datetime",
        ),
        (
            lambda f: f.with_columns(pl.lit(None, pl.Float32).alias("weight")),
            "Column 'weight' is null in all 3000 rows",
        ),
        (lambda f: f.clear(), "The data has no rows"),
        (lambda f: f.with_columns(depot=pl.lit("nowhere")), "3000 of 3000 rows break the schema"),
    ],
)
def test_data_that_is_wrong_as_a_whole_stops_the_training(
    frame: pl.DataFrame, change: Change, sentence: str
) -> None:
    with pytest.raises(ProjectError, match=sentence.replace("(", r"\(")):
        quarantine.split(change(frame))


@pytest.mark.parametrize(
    "labels",
    [
        pl.DataFrame({"parcel_id": ["a"], "label": [2]}, schema_overrides=INT8),
        pl.DataFrame({"parcel_id": ["a"], "label": [1.0]}),
        pl.DataFrame({"parcel_id": ["a"]}),
    ],
)
def test_labels_other_than_0_and_1_stop_the_training(labels: pl.DataFrame) -> None:
    with pytest.raises(ProjectError, match="The labels break their schema"):
        quarantine.check_labels(labels)


class Counts(dy.Schema):
    """Labels that the schema allows and the task does not."""

    parcel_id = dy.String(primary_key=True)
    label = dy.Int8()


def test_labels_that_fit_the_schema_but_not_the_task_stop_the_training(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("parcels.schema.Labels", Counts)
    labels = pl.DataFrame({"parcel_id": ["a", "b"], "label": [1, 7]}, schema_overrides=INT8)
    with pytest.raises(ProjectError, match=r"The labels do not fit the task: .* not 7; mend"):
        quarantine.check_labels(labels)
