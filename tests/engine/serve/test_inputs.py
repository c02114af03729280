"""The types of inputs follow from their specification, and arrays from their values."""

from typing import Any

import msgspec
import numpy as np
import polars as pl
import pytest

from slipway.contract.inputs import InputSpec
from slipway.serve.inputs import Inputs, to_batch, wire_type
from slipway.training_data.columns import to_columns

WHOLE = InputSpec(name="pieces", datatype="INT64", role="feature", minimum=0.5, maximum=9.5)
SPECS = [
    InputSpec(name="id", datatype="BYTES", role="key"),
    InputSpec(name="when", datatype="BYTES", role="time"),
    InputSpec(name="place", datatype="BYTES", role="feature", nullable=True),
    InputSpec(name="speed", datatype="FP32", role="feature", nullable=True),
    WHOLE,
    InputSpec(name="express", datatype="BOOL", role="feature"),
]


def accepts(spec: InputSpec, value: Any) -> bool:
    try:
        msgspec.json.decode(msgspec.json.encode(value), type=wire_type(spec))
    except msgspec.ValidationError:
        return False
    return True


@pytest.mark.parametrize("value", [1, 9])
def test_an_integer_in_its_range_is_accepted(value: int) -> None:
    assert accepts(WHOLE, value)


@pytest.mark.parametrize("value", [0, 10, 1.5, "1", None, True])
def test_what_is_no_integer_in_its_range_is_refused(value: object) -> None:
    assert not accepts(WHOLE, value)


@pytest.mark.parametrize("value", [3.5e38, -3.5e38])
def test_a_number_without_a_range_must_fit_the_model(value: float) -> None:
    assert not accepts(InputSpec(name="speed", datatype="FP32", role="feature"), value)


def test_null_becomes_what_the_model_takes_for_it() -> None:
    values: dict[str, list[Any]] = {"when": ["2024-01-01T10:00:59"], "pieces": [3]}
    values |= {"place": [None], "speed": [None], "express": [True]}
    columns = to_batch(Inputs(SPECS), values, "request").columns
    assert columns["when"] == np.datetime64("2024-01-01T10:00", "m")
    assert columns["place"][0] is None
    assert np.isnan(columns["speed"][0])


def test_features_take_the_types_that_training_gives_them() -> None:
    values: dict[str, list[Any]] = {"id": ["a"], "when": ["2024-01-01T10:00"], "place": ["b"]}
    values |= {"speed": [1.5], "pieces": [3], "express": [True]}
    frame = pl.DataFrame(values).with_columns(
        pl.col("when").str.to_datetime(), pl.col("speed").cast(pl.Float32)
    )
    trained = to_columns(frame.drop("id"))
    served = to_batch(Inputs(SPECS), values, "request").columns
    assert {name: column.dtype for name, column in served.items()} == {
        name: column.dtype for name, column in trained.items()
    }


def test_a_category_of_a_closed_set_is_a_text_to_training_and_server() -> None:
    frame = pl.DataFrame({"size": ["S", None]}, schema={"size": pl.Enum(["S", "L"])})
    trained = to_columns(frame)["size"]
    assert trained.dtype == object
    assert trained.tolist() == ["S", None]


@pytest.mark.parametrize("maximum", [2**53, 2**63 - 1, 2.0**63, 1e300])
def test_a_limit_that_no_integer_can_reach_stops_no_server(maximum: float) -> None:
    spec = InputSpec(name="pieces", datatype="INT64", role="feature", minimum=0, maximum=maximum)
    assert accepts(spec, 2**53)
    assert not accepts(spec, 2**53 + 1)


@pytest.mark.parametrize("value", [0, 1, "true", None, 1.0])
def test_what_is_neither_true_nor_false_is_refused(value: object) -> None:
    assert not accepts(InputSpec(name="express", datatype="BOOL", role="feature"), value)


@pytest.mark.parametrize("value", [2**53 + 1, -(2**53) - 1])
def test_an_integer_that_json_does_not_keep_exact_is_refused(value: int) -> None:
    assert not accepts(InputSpec(name="pieces", datatype="INT64", role="feature"), value)


def test_an_integer_that_float32_does_not_keep_reaches_the_features_whole() -> None:
    values: dict[str, list[Any]] = {"when": ["2024-01-01T10:00"], "place": [None], "speed": [1]}
    values |= {"pieces": [2**53 - 1], "express": [False]}
    assert to_batch(Inputs(SPECS), values, "request").columns["pieces"].tolist() == [2**53 - 1]


def test_rows_without_a_key_are_told_apart() -> None:
    values: dict[str, list[Any]] = {"id": ["a", None, None], "when": ["2024-01-01T10:00"] * 3}
    batch = to_batch(Inputs(SPECS[:2]), values, "request")
    assert batch.keys == ["a", "request-1", "request-2"]


def test_a_time_is_never_null() -> None:
    assert not accepts(InputSpec(name="when", datatype="BYTES", role="time", nullable=True), None)
