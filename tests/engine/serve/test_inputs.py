"""The types of inputs follow from their specification, and arrays from their values."""

from typing import Any

import msgspec
import numpy as np
import pytest

from slipway.contract.manifest import InputSpec
from slipway.serve.inputs import Inputs, to_batch, wire_type

WHOLE = InputSpec(name="seats", datatype="INT64", role="feature", minimum=0.5, maximum=9.5)
SPECS = [
    InputSpec(name="id", datatype="BYTES", role="key"),
    InputSpec(name="when", datatype="BYTES", role="time"),
    InputSpec(name="place", datatype="BYTES", role="feature", nullable=True),
    InputSpec(name="speed", datatype="FP32", role="feature", nullable=True),
    WHOLE,
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
    values: dict[str, list[Any]] = {"when": ["2013-01-01T10:00:59"], "seats": [3]}
    values |= {"place": [None], "speed": [None]}
    columns = to_batch(Inputs(SPECS), values, "request").columns
    assert columns["when"] == np.datetime64("2013-01-01T10:00", "m")
    assert columns["place"][0] is None
    assert np.isnan(columns["speed"][0])
    assert columns["seats"].dtype == np.float32


def test_rows_without_a_key_are_told_apart() -> None:
    values: dict[str, list[Any]] = {"id": ["a", None, None], "when": ["2013-01-01T10:00"] * 3}
    batch = to_batch(Inputs(SPECS[:2]), values, "request")
    assert batch.keys == ["a", "request-1", "request-2"]


def test_a_time_is_never_null() -> None:
    assert not accepts(InputSpec(name="when", datatype="BYTES", role="time", nullable=True), None)
