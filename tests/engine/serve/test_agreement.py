"""The server accepts a value if and only if the training would keep it."""

from typing import Any

import dataframely as dy
import msgspec
import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import parcels.schema
from slipway import schema
from slipway.serve.inputs import Inputs
from slipway.serve.predictions import request_type
from tests.engine.columns import COLUMNS, KEY, NOON, TIME, accepted, values

EXAMPLES = 150  # of each of the columns


def kept(row: dict[str, Any], types: dict[str, pl.DataType]) -> bool:
    """Return whether the training keeps the row."""
    try:
        frame = pl.DataFrame({name: [value] for name, value in row.items()}, schema=types)
    except pl.exceptions.InvalidOperationError:  # a text that is none of an Enum
        return False
    return len(parcels.schema.Features.filter(frame)[0]) == 1


@pytest.mark.parametrize("name", COLUMNS)
def test_the_server_accepts_exactly_what_the_training_keeps(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    column = COLUMNS[name]
    other: dict[str, Any] = {"key": "1", "time": NOON}
    columns = {"key": KEY, "time": TIME, "value": column}
    if isinstance(column, dy.Datetime):
        del columns["time"], other["time"]
    types = {name: one.dtype for name, one in columns.items()}
    monkeypatch.setattr("parcels.schema.Features", type("Features", (dy.Schema,), columns))
    specs = schema.input_specs()
    decoder, inputs = msgspec.json.Decoder(request_type(specs, 1)), Inputs(specs)

    @settings(max_examples=EXAMPLES)
    @given(value=values(column), shortest=st.booleans())
    def agree(value: Any, shortest: bool) -> None:
        row = {**other, "value": value}
        keeps = kept(row, types)
        if isinstance(value, float) and shortest:
            row["value"] = float(str(np.float32(value)))
        if isinstance(column, dy.Int64) and value is not None and shortest and not column.is_in:
            row["value"] = float(value)
        assert accepted(decoder, inputs, row) == keeps

    agree()
