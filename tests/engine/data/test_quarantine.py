from collections.abc import Callable

import polars as pl
import pytest

from slipway.data import quarantine
from slipway.errors import ProjectError


@pytest.fixture
def frame(flights: pl.DataFrame) -> pl.DataFrame:
    return flights.drop("label")


def test_good_rows_pass_unchanged(frame: pl.DataFrame) -> None:
    result = quarantine.split(frame)
    assert result.good.equals(frame)
    assert result.bad.is_empty()
    assert result.counts == {}


@pytest.mark.parametrize(
    ("column", "value", "rule"),
    [
        ("temperature", 500.0, "temperature|max"),
        ("humidity", -1.0, "humidity|min"),
        ("wind_speed", float("inf"), "wind_speed|inf"),
        ("pressure", float("nan"), "pressure|nan"),
        ("distance", None, "distance|nullability"),
        ("origin", "jfk", "origin|regex"),
        ("carrier", "", "carrier|regex"),
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
    assert result.bad["dest"][0] == frame["dest"][7]


def test_a_row_that_is_there_twice_is_set_aside_both_times(frame: pl.DataFrame) -> None:
    result = quarantine.split(pl.concat([frame, frame.head(1)]))
    assert len(result.good) == len(frame) - 1
    assert result.bad["reasons"].to_list() == ["primary_key", "primary_key"]


INT8 = {"label": pl.Int8}
Change = Callable[[pl.DataFrame], pl.DataFrame]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda f: f.drop("pressure"), "Column 'pressure' is missing: return it from"),
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
            lambda f: f.with_columns(pl.lit(None, pl.Float32).alias("humidity")),
            "Column 'humidity' is null in all 3000 rows",
        ),
        (lambda f: f.clear(), "The data has no rows"),
        (lambda f: f.with_columns(origin=pl.lit("nowhere")), "3000 of 3000 rows break the schema"),
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
