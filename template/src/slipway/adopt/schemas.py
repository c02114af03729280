"""The text of schema.py for a table."""

from .literals import indented, joined, literal
from .table import Adopted, Column

TYPES = {"number": "Float32", "integer": "Int64", "yes or no": "Bool", "category": "String"}
HEAD = '''"""The data's contract: types, units, ranges and meaning of every column.

The server's input checks, the quarantine and the data dictionary are all made from here.
"""

import dataframely as dy


class Features(dy.Schema):
    """One row as it is known when the prediction is wanted."""

'''
PLAIN_NUMBER_MAXIMUM = 1e15  # beyond it, a number is shorter with an exponent


def schema(table: Adopted) -> str:
    """Return schema.py."""
    key = {"primary_key": "True", "description": literal("As in the features.")}
    lines = [
        *_described(table.key_name, "String", _key_details(table)),
        *_described(table.time.name, "Datetime", _time_details(table)),
    ]
    for column in table.kept:
        lines += _described(column.name, TYPES[str(column.kind)], _details(column))
    lines += [
        "",
        "",
        "class Labels(dy.Schema):",
        '    """The outcome of one row, known later."""',
        "",
        *_described(table.key_name, "String", key),
        *_described("label", *table.outcome.label()),
        "",
    ]
    return HEAD + joined(lines)


def _key_details(table: Adopted) -> dict[str, str]:
    text = "Number of the row in its file." if table.key is None else f"Column {table.key!r}."
    return {
        "primary_key": "True",
        "description": literal(text),
        "metadata": '{"role": "key"}',
    }


def _time_details(table: Adopted) -> dict[str, str]:
    return {
        "resolution": literal("1m"),
        "description": literal(f"Column {table.time.original!r}, to the minute."),
        "metadata": '{"role": "time", "unit": "local time"}',
    }


def _details(column: Column) -> dict[str, str]:
    details = {}
    if column.missing:
        details["nullable"] = "True"
    if column.minimum is not None and column.maximum is not None:
        details |= {"min": _number(column.minimum), "max": _number(column.maximum)}
    return details | {"description": literal(f"Column {column.original!r}.")}


def _number(limit: float) -> str:
    short = float(limit).is_integer() and abs(limit) < PLAIN_NUMBER_MAXIMUM
    return str(int(limit)) if short else repr(limit).replace("e+", "e")


def _described(name: str, kind: str, details: dict[str, str]) -> list[str]:
    """Return one column; the comma at the end keeps each detail on a line of its own."""
    pairs = [f"{key}={value}," for key, value in details.items()]
    return indented([f"{name} = dy.{kind}(", *indented(pairs), ")"])
