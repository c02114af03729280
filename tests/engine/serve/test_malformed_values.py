"""A value of the wrong kind is refused, whatever its input, and never bent into the right one."""

import json

import pytest

from slipway.bundle import Model

from .bodies import Body
from .process import Server, assert_refused

PLACE = "@place@"

NO_NUMBERS = {
    "NaN": "NaN",
    "Infinity": "Infinity",
    "minus Infinity": "-Infinity",
    "1e400": "1e400",
    "400 digits": "9" * 400,
    "5,000 digits": "9" * 5000,
    "400 decimals, out of range": "-1." + "9" * 400,
    "hexadecimal": "0x1F",
    "leading zero": "012",
    "plus sign": "+1",
    "no digit before the point": ".5",
    "text": '"5"',
    "bool": "true",
    "array": "[]",
    "array in an array": "[[5]]",
    "object": '{"a": 5}',
    "null": "null",
}
NO_INTEGERS = NO_NUMBERS | {
    "fraction": "1.5",
    "negative": "-1",
    "over 64 bits": str(2**64),
    "over 63 bits": str(2**63),
}
NO_FLAGS = {
    "one": "1",
    "zero": "0",
    "text": '"true"',
    "capital": "True",
    "yes": '"yes"',
    "empty text": '""',
    "array": "[true]",
    "object": "{}",
    "null": "null",
}
NO_TEXTS = {
    "number": "5",
    "null": "null",
    "array": '["BER"]',
    "object": "{}",
    "empty": '""',
    "too long": f'"{"A" * 257}"',
}
NO_TIMES = {
    "number": "1704000000",
    "null": "null",
    "word": '"now"',
    "no day of any month": '"2024-02-30T12:00"',
    "hour 25": '"2024-02-20T25:00"',
    "date only": '"2024-02-20"',
    "UTC": '"2024-02-20T12:00Z"',
    "offset": '"2024-02-20T12:00+01:00"',
    "other digits": r'"\u0662024-02-20T12:00"',
    "week": '"2024-W08-3"',
    "year 0": '"0000-02-20T12:00"',
}


def place(valid: Body, name: str, token: str) -> bytes:
    """Return the body with `token` as the first value of the input `name`."""
    for row in valid.get("rows", [])[:1]:
        row[name] = PLACE
    for tensor in valid.get("inputs", []):
        if tensor["name"] == name:
            tensor["data"][0] = PLACE
    return json.dumps(valid).replace(f'"{PLACE}"', token).encode()


def first_input(model: Model, role: str, datatype: str) -> str:
    """Return the name of the first input that must be given and is of this kind."""
    return next(
        spec.name
        for spec in model.manifest.inputs
        if (spec.role, spec.datatype, spec.nullable) == (role, datatype, False)
    )


@pytest.mark.parametrize("case", NO_NUMBERS)
def test_what_is_no_number_is_refused(
    server: Server, model: Model, route: str, valid: Body, case: str
) -> None:
    name = first_input(model, "feature", "FP32")
    assert_refused(server, route, place(valid, name, NO_NUMBERS[case]))


@pytest.mark.parametrize("case", NO_INTEGERS)
def test_what_is_no_integer_is_refused(
    server: Server, model: Model, route: str, valid: Body, case: str
) -> None:
    name = first_input(model, "feature", "INT64")
    assert_refused(server, route, place(valid, name, NO_INTEGERS[case]))


@pytest.mark.parametrize("case", NO_FLAGS)
def test_what_is_neither_true_nor_false_is_refused(
    server: Server, model: Model, route: str, valid: Body, case: str
) -> None:
    name = first_input(model, "feature", "BOOL")
    assert_refused(server, route, place(valid, name, NO_FLAGS[case]))


@pytest.mark.parametrize("case", NO_TEXTS)
def test_what_is_no_text_is_refused(
    server: Server, model: Model, route: str, valid: Body, case: str
) -> None:
    name = first_input(model, "feature", "BYTES")
    assert_refused(server, route, place(valid, name, NO_TEXTS[case]))


@pytest.mark.parametrize("case", NO_TIMES)
def test_what_is_no_local_time_is_refused(
    server: Server, model: Model, route: str, valid: Body, case: str
) -> None:
    name = first_input(model, "time", "BYTES")
    assert_refused(server, route, place(valid, name, NO_TIMES[case]))
