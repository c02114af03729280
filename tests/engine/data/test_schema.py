from pathlib import Path

import dataframely as dy
import polars as pl
import pytest

from slipway import features
from slipway.data import quarantine, schema
from slipway.errors import ProjectError

ROOT = Path(__file__).parents[2]


def test_the_inputs_are_the_columns_of_the_schema_in_their_order() -> None:
    names = [spec.name for spec in schema.input_specs()]
    assert names == list(pl.Schema(schema.Features))


def test_the_key_and_the_time_have_their_roles_and_nothing_else_has() -> None:
    roles = {spec.name: spec.role for spec in schema.input_specs() if spec.role != "feature"}
    assert roles == {features.KEY: "key", features.TIME: "time"}


def test_every_feature_is_made_from_an_input() -> None:
    names = {spec.name for spec in schema.input_specs()}
    assert {*features.CATEGORIES, *features.NUMBERS} <= names


def test_units_ranges_and_nulls_reach_the_inputs() -> None:
    specs = {spec.name: spec for spec in schema.input_specs()}
    pressure = specs["pressure"]
    assert (pressure.datatype, pressure.unit, pressure.nullable) == ("FP32", "mbar", True)
    assert (pressure.minimum, pressure.maximum) == (850, 1100)
    assert specs["carrier"].datatype == specs["handed_over"].datatype == "BYTES"
    assert not specs["carrier"].nullable


@pytest.mark.parametrize("column", [dy.Float64(), dy.Bool(), dy.Int64(nullable=True)])
def test_a_type_that_models_do_not_take_is_refused(
    column: dy.Column, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schema.Features, "columns", lambda: {"speed": column})
    with pytest.raises(ProjectError, match=r"Column 'speed' in data/schema\.py is"):
        schema.input_specs()


def test_rows_made_from_the_schema_pass_the_quarantine() -> None:
    assert quarantine.split(schema.Features.sample(500)).bad.is_empty()


def test_the_hash_is_sixty_four_hex_digits_and_always_the_same() -> None:
    assert schema.schema_hash() == schema.schema_hash()
    assert int(schema.schema_hash(), 16) < 2**256


def test_the_data_dictionary_is_fresh() -> None:
    page = ROOT / "docs" / "data-dictionary.md"
    assert page.read_text() == schema.data_dictionary(), "run `make data-dictionary`"
