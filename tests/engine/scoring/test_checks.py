"""A table's row has a score if and only if the server would answer it."""

from datetime import date, datetime
from typing import Any

import dataframely as dy
import msgspec
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slipway import schema
from slipway.contract.inputs import InputSpec
from slipway.errors import ProjectError
from slipway.scoring import checks
from slipway.serve.inputs import Inputs
from slipway.serve.predictions import request_type
from tests.engine.columns import COLUMNS, KEY, NOON, TIME, accepted, values

EXAMPLES = 60  # of each of the columns, some rows each
WEIGHT = InputSpec(name="x", datatype="FP32", role="feature", minimum=0, maximum=70)
PIECES = InputSpec(name="x", datatype="INT64", role="feature", minimum=1, maximum=99)
EXPRESS = InputSpec(name="x", datatype="BOOL", role="feature")
HOUR = InputSpec(name="x", datatype="BYTES", role="time", resolution="1h")
TEXT = InputSpec(name="x", datatype="BYTES", role="feature", nullable=True)


@pytest.mark.parametrize("name", COLUMNS)
def test_a_row_is_scored_exactly_where_the_server_accepts_it(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    column = COLUMNS[name]
    columns = {"key": KEY, "time": TIME, "value": column}
    if isinstance(column, dy.Datetime):
        del columns["time"]
    others = {"key": "1", "time": NOON}
    types: dict[str, Any] = {name: one.dtype for name, one in columns.items()}
    types["value"] = pl.String if isinstance(column, dy.Enum) else types["value"]
    monkeypatch.setattr("parcels.schema.Features", type("Features", (dy.Schema,), columns))
    specs = schema.input_specs()
    decoder, inputs = msgspec.json.Decoder(request_type(specs, 1)), Inputs(specs)

    @settings(max_examples=EXAMPLES)
    @given(drawn=st.lists(values(column), min_size=1, max_size=8))
    def agree(drawn: list[Any]) -> None:
        rows = [{**others, "value": value} for value in drawn]
        rows = [{name: row[name] for name in types} for row in rows]
        frame = pl.DataFrame(rows, schema=types)
        is_good = pl.Series([accepted(decoder, inputs, row) for row in rows], dtype=pl.Boolean)
        checked = checks.check(frame, specs)
        assert checked.good["value"].to_list() == frame.filter(is_good)["value"].to_list()
        assert checked.bad["value"].to_list() == frame.filter(~is_good)["value"].to_list()

    agree()


def read(spec: InputSpec, *values: Any, dtype: Any = None) -> tuple[list[Any], list[str]]:
    """Return the values that are taken, and the reasons of the others."""
    checked = checks.check(pl.DataFrame({"x": pl.Series(values, dtype=dtype)}), [spec])
    return checked.good["x"].to_list(), checked.bad[checks.REASONS].to_list()


def test_texts_of_a_csv_file_are_read_as_numbers() -> None:
    assert read(WEIGHT, "0.5", " 70 ", "70.5", "-1", "much", "inf") == (
        [0.5, 70],
        ["x|max", "x|min", "x|dtype", "x|max"],
    )


def test_a_whole_number_may_have_a_point_and_nothing_behind_it() -> None:
    assert read(PIECES, "7", "7.0", "7.5") == ([7, 7], ["x|dtype"])
    assert read(PIECES, 7.0, 7.5, float("nan")) == ([7], ["x|dtype", "x|nullability"])


def test_an_integer_beyond_those_of_json_is_not_rounded_into_the_limits() -> None:
    spec = InputSpec(name="x", datatype="INT64", role="feature")
    assert read(spec, 2**53, 2**53 + 1) == ([2**53], ["x|max"])


@pytest.mark.parametrize("value", ["", "NA", "null", None])
def test_a_text_that_says_that_there_is_no_number_is_none(value: str | None) -> None:
    nullable = msgspec.structs.replace(WEIGHT, nullable=True)
    assert read(WEIGHT, value, "1") == ([1], ["x|nullability"])
    assert read(nullable, value, "1") == ([None, 1], [])


def test_yes_and_no_are_read_as_tables_write_them() -> None:
    assert read(EXPRESS, "true", "FALSE", "1", "0", "perhaps", "") == (
        [True, False, True, False],
        ["x|dtype", "x|nullability"],
    )
    assert read(EXPRESS, 1, 0, 2) == ([True, False], ["x|dtype"])


def test_times_are_read_with_a_t_or_a_blank_and_must_be_full_ones() -> None:
    texts = (
        "2024-05-01T17:00",
        "2024-05-01 18:00:00.000000",
        "2024-05-01T17:30",
        "2024-02-30T17:00",
    )
    assert read(HOUR, *texts, "yesterday", None) == (
        [datetime(2024, 5, 1, 17), datetime(2024, 5, 1, 18)],
        ["x|regex, x|resolution", "x|regex", "x|regex", "x|nullability"],
    )


def test_a_day_is_its_midnight() -> None:
    assert read(HOUR, date(2024, 5, 1)) == ([datetime(2024, 5, 1)], [])


def test_a_time_that_no_server_knows_is_none() -> None:
    assert read(HOUR, datetime(1, 1, 1)) == ([], ["x|year"])


def test_a_column_without_any_value_is_read() -> None:
    assert read(TEXT, None, None) == ([None, None], [])
    assert read(WEIGHT, None, dtype=pl.Null) == ([], ["x|nullability"])


def test_a_row_in_quarantine_names_every_rule_that_it_breaks() -> None:
    other = msgspec.structs.replace(PIECES, name="y")
    frame = pl.DataFrame({"x": [71.0, 1.0, -1.0], "y": [0, 1, 1]})
    checked = checks.check(frame, [WEIGHT, other])
    assert checked.bad.rows() == [(71.0, 0, "x|max, y|min"), (-1.0, 1, "x|min")]
    assert checked.counts == {"x|min": 1, "x|max": 1, "y|min": 1}


@pytest.mark.parametrize(
    ("spec", "dtype", "wanted"),
    [
        (WEIGHT, pl.Boolean, "numbers"),
        (PIECES, pl.Datetime("us"), "numbers"),
        (TEXT, pl.Int64, "text"),
        (EXPRESS, pl.Float64, "yes or no"),
        (HOUR, pl.Int64, "local times without a zone"),
        (HOUR, pl.Datetime("us", "UTC"), "local times without a zone"),
        (WEIGHT, pl.List(pl.Float32), "numbers"),
    ],
)
def test_a_column_that_cannot_be_read_is_refused(spec: InputSpec, dtype: Any, wanted: str) -> None:
    with pytest.raises(ProjectError, match=f"'x' of rows.csv is .*, and the model takes {wanted}"):
        checks.require_columns({"x": dtype}, [spec], "rows.csv")


def test_a_missing_column_is_refused_and_those_that_are_not_taken_are_named() -> None:
    assert checks.require_columns({"x": pl.Float32(), "y": pl.String()}, [WEIGHT], "t") == ["y"]
    with pytest.raises(ProjectError, match=r"rows\.csv has no column 'x'"):
        checks.require_columns({"y": pl.Float32()}, [WEIGHT], "rows.csv")


def test_the_key_may_be_missing() -> None:
    key = InputSpec(name="key", datatype="BYTES", role="key")
    assert checks.require_columns({"x": pl.Float32()}, [key, WEIGHT], "rows.csv") == []
