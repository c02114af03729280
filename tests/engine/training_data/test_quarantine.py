from collections.abc import Callable

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


def test_a_service_is_sent_the_rows_that_keep_the_schema(frame: pl.DataFrame) -> None:
    third = pl.int_range(pl.len()) % 3 == 0  # far more than a training would take
    damaged = frame.with_columns(depot=pl.when(third).then(pl.lit("ber")).otherwise("depot"))
    assert quarantine.servable(damaged).equals(frame.filter(~third))


def test_rows_without_a_column_are_sent_nowhere(frame: pl.DataFrame) -> None:
    with pytest.raises(ProjectError, match="Column 'weight' is missing"):
        quarantine.servable(frame.drop("weight"))
