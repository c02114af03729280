from itertools import takewhile

import dataframely as dy
import polars as pl
import pytest

import parcels.schema
from slipway import schema
from slipway.errors import ProjectError
from slipway.training_data import quarantine

KEY = dy.String(primary_key=True, metadata={"role": "key"})
TIME = dy.Datetime(metadata={"role": "time"})


def give(monkeypatch: pytest.MonkeyPatch, **columns: dy.Column) -> None:
    """Let the project's schema have these columns."""
    monkeypatch.setattr("parcels.schema.Features", type("Features", (dy.Schema,), columns))


def test_the_inputs_are_the_columns_of_the_schema_in_their_order() -> None:
    names = [spec.name for spec in schema.input_specs()]
    assert names == list(pl.Schema(parcels.schema.Features))


def test_the_key_and_the_time_have_their_roles_and_nothing_else_has() -> None:
    specs = schema.input_specs()
    roles = {spec.name: spec.role for spec in specs if spec.role != "feature"}
    assert roles == {"parcel_id": "key", "handed_over": "time"}
    assert (schema.key_name(specs), schema.time_name(specs)) == ("parcel_id", "handed_over")


def test_units_ranges_and_nulls_reach_the_inputs() -> None:
    specs = {spec.name: spec for spec in schema.input_specs()}
    weight = specs["weight"]
    assert (weight.datatype, weight.unit, weight.nullable) == ("FP32", "kg", True)
    assert (weight.minimum, weight.maximum) == (0, 70)
    assert specs["depot"].datatype == specs["handed_over"].datatype == "BYTES"
    assert (specs["pieces"].datatype, specs["pieces"].minimum) == ("INT64", 1)
    assert not specs["depot"].nullable


def test_yes_or_no_is_taken_without_a_range() -> None:
    express = next(spec for spec in schema.input_specs() if spec.name == "express")
    assert (express.datatype, express.nullable) == ("BOOL", False)
    assert (express.minimum, express.maximum) == (None, None)


@pytest.mark.parametrize(
    "column", [dy.Float64(), dy.Date(), dy.Int64(nullable=True), dy.Bool(nullable=True)]
)
def test_a_type_that_models_do_not_take_is_refused(
    column: dy.Column, monkeypatch: pytest.MonkeyPatch
) -> None:
    give(monkeypatch, number=KEY, time=TIME, speed=column)
    with pytest.raises(ProjectError, match=r"Column 'speed' in schema\.py is .*: take String"):
        schema.input_specs()


@pytest.mark.parametrize(
    ("columns", "sentence"),
    [
        ({"time": TIME}, "0 columns of Features have the role 'key': give it to exactly one"),
        ({"number": KEY}, "0 columns of Features have the role 'time': give it to exactly one"),
        ({"a": KEY, "b": KEY, "time": TIME}, "2 columns of Features have the role 'key'"),
        ({"number": KEY, "a": TIME, "b": TIME}, "2 columns of Features have the role 'time'"),
    ],
)
def test_exactly_one_key_and_one_time_are_asked_for(
    columns: dict[str, dy.Column], sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    give(monkeypatch, **columns)
    with pytest.raises(ProjectError, match=sentence):
        schema.input_specs()


def test_rows_made_from_the_schema_pass_the_quarantine() -> None:
    assert quarantine.split(parcels.schema.Features.sample(500)).bad.is_empty()


def test_the_hash_is_sixty_four_hex_digits_and_always_the_same() -> None:
    digest = schema.schema_hash()
    assert len(digest) == 64
    assert int(digest, 16) < 2**256
    assert schema.schema_hash() == digest


def test_a_description_does_not_change_the_hash_and_a_range_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    digests = []
    for weight in (dy.Float32(), dy.Float32(description="As weighed."), dy.Float32(max=9)):
        give(monkeypatch, number=KEY, time=TIME, weight=weight)
        digests.append(schema.schema_hash())
    assert digests[0] == digests[1] != digests[2]


def test_the_data_dictionary_describes_every_column() -> None:
    table = cells(schema.data_dictionary(), "## Features")
    assert [row[0] for row in table] == list(pl.Schema(parcels.schema.Features))
    rows = {row[0]: row[1:] for row in table}
    assert rows["weight"] == ["Float32", "kg", "from 0 to 70", "yes", "As weighed."]
    assert rows["depot"] == ["String", "", "`^[A-Z]{3}$`", "", "Where it was handed over."]
    labels = cells(schema.data_dictionary(), "## Labels")
    assert labels[1] == ["label", "Int8", "", "from 0 to 1", "", "1 if it arrived late."]


def cells(page: str, heading: str) -> list[list[str]]:
    """Return the rows of the table below a heading, without its two header lines."""
    _, _, section = page.partition(heading)
    lines = section[section.index("|") :].splitlines()
    rows = takewhile(lambda line: line.startswith("|"), lines)
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows][2:]
