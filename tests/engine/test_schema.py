from collections.abc import Callable
from datetime import datetime
from functools import partial
from itertools import takewhile

import dataframely as dy
import numpy as np
import polars as pl
import pytest

import parcels.schema
from slipway import schema
from slipway.errors import ProjectError
from slipway.training_data import quarantine

KEY = dy.String(primary_key=True, metadata={"role": "key"})
TIME_ROLE = {"role": "time"}
TIME = dy.Datetime(metadata=TIME_ROLE)


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


@pytest.mark.parametrize(
    "key",
    [
        dy.Int64(primary_key=True, metadata={"role": "key"}),
        dy.String(metadata={"role": "key"}),
    ],
)
def test_a_key_that_does_not_tell_rows_apart_as_text_is_refused(
    key: dy.Column, monkeypatch: pytest.MonkeyPatch
) -> None:
    give(monkeypatch, number=key, time=TIME)
    with pytest.raises(ProjectError, match=r"'number' .* is the key: make it a String with prim"):
        schema.input_specs()


@pytest.mark.parametrize("kind", [dy.String, partial(dy.Datetime, nullable=True)])
def test_a_time_that_may_be_none_is_refused(
    kind: Callable[..., dy.Column], monkeypatch: pytest.MonkeyPatch
) -> None:
    give(monkeypatch, number=KEY, time=kind(metadata={"role": "time"}))
    with pytest.raises(ProjectError, match=r"'time' in schema\.py is the time: make it a Datetime"):
        schema.input_specs()


@pytest.mark.parametrize(
    ("column", "sentence"),
    [
        (dy.Date(), r'or for a day Datetime\(resolution="1d"\)\.$'),
        (dy.Datetime(), "is a second Datetime: make it a number in source.py"),
        (dy.Float32(check=lambda it: it > 1), "with a check of its own, which the server cannot"),
        (dy.String(regex="^(?=A)"), "is a String whose regex cannot be read: .*look-around"),
        (dy.Int64(min=2**60), "is beyond the integers that JSON keeps exact, 2.53: make it a Str"),
    ],
)
def test_a_column_that_the_server_could_not_check_is_refused(
    column: dy.Column, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    give(monkeypatch, number=KEY, time=TIME, speed=column)
    with pytest.raises(ProjectError, match=sentence):
        schema.input_specs()


@pytest.mark.parametrize(
    ("time", "sentence"),
    [
        (
            dy.Datetime(time_zone="UTC", metadata=TIME_ROLE),
            "is in a time zone: models take local time; convert it in source",
        ),
        (
            dy.Datetime(resolution="1h30m", metadata=TIME_ROLE),
            "is of the resolution '1h30m': take one number and one unit",
        ),
    ],
)
def test_a_time_that_the_server_could_not_read_is_refused(
    time: dy.Column, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    give(monkeypatch, number=KEY, time=time)
    with pytest.raises(ProjectError, match=sentence):
        schema.input_specs()


def test_a_rule_over_columns_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    class Features(dy.Schema):
        number = KEY
        time = TIME
        first = dy.Float32()

        @dy.rule()
        def numbered(cls) -> pl.Expr:  # noqa: N805
            return pl.col("first") > pl.col("number").str.len_chars()

    monkeypatch.setattr("parcels.schema.Features", Features)
    with pytest.raises(ProjectError, match="has the rule 'numbered', which the server cannot"):
        schema.input_specs()


def give_every_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the project have a schema with every kind of rule."""
    hour = dy.Datetime(resolution="1h", min_exclusive=datetime(2024, 1, 1), metadata=TIME_ROLE)
    give(
        monkeypatch,
        number=KEY,
        time=hour,
        size=dy.Enum(["S", "L"]),
        code=dy.String(min_length=2, max_length=4),
        grade=dy.Int64(is_in=[1, 3]),
        share=dy.Float32(min_exclusive=0, max=1, allow_nan=True),
    )


def test_every_kind_of_rule_reaches_the_inputs(monkeypatch: pytest.MonkeyPatch) -> None:
    give_every_rule(monkeypatch)
    specs = {spec.name: spec for spec in schema.input_specs()}
    assert (specs["time"].resolution, specs["time"].earliest) == (
        "1h",
        "2024-01-01T00:00:00.000001",
    )
    assert specs["size"].allowed == ("S", "L")
    assert (specs["code"].minimum_length, specs["code"].maximum_length) == (2, 4)
    assert specs["grade"].allowed == (1, 3)
    assert specs["share"].nullable
    assert specs["share"].minimum == float(np.nextafter(np.float32(0), np.float32(1)))


def test_every_kind_of_rule_reaches_the_dictionary(monkeypatch: pytest.MonkeyPatch) -> None:
    give_every_rule(monkeypatch)
    ranges = {row[0]: row[3] for row in cells(schema.data_dictionary(), "## Features")}
    assert ranges == {
        "number": "",
        "time": "above 2024-01-01 00:00:00 in steps of 1h",
        "size": "one of S, L",
        "code": "from bytes: 2 to bytes: 4",
        "grade": "one of 1, 3",
        "share": "above 0 to 1",
    }


def test_another_rule_is_another_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    codes = (dy.String(), dy.String(regex="^A"), dy.String(max_length=3), dy.Enum(["A"]))
    digests = set()
    for code in codes:
        give(monkeypatch, number=KEY, time=TIME, code=code)
        digests.add(schema.schema_hash())
    assert len(digests) == len(codes)


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
