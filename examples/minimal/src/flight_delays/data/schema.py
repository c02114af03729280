"""The data's contract: types, units, ranges and meaning of every column.

The server's input checks, the quarantine and the data dictionary are all made from here.
"""

import hashlib
from typing import Any, Literal

import dataframely as dy
import msgspec

from ..errors import ProjectError
from ..manifest import InputSpec


class Features(dy.Schema):
    """One flight as it is known before departure."""

    flight_id = dy.String(
        primary_key=True,
        description="Carrier, flight number, origin and scheduled departure.",
        metadata={"role": "key"},
    )
    scheduled_departure = dy.Datetime(
        resolution="1m",
        description="Departure in the timetable.",
        metadata={"role": "time", "unit": "local time"},
    )
    carrier = dy.String(regex="^[A-Z0-9]{2}$", description="IATA code of the airline.")
    origin = dy.String(regex="^[A-Z]{3}$", description="IATA code of the airport left.")
    dest = dy.String(regex="^[A-Z]{3}$", description="IATA code of the airport flown to.")
    distance = dy.Float32(
        min=1, max=12000, description="Between the two airports.", metadata={"unit": "mi"}
    )
    temperature = dy.Float32(
        nullable=True, min=-60, max=130, description="At the origin.", metadata={"unit": "F"}
    )
    humidity = dy.Float32(
        nullable=True, min=0, max=100, description="At the origin.", metadata={"unit": "%"}
    )
    wind_speed = dy.Float32(
        nullable=True, min=0, max=150, description="At the origin.", metadata={"unit": "mph"}
    )
    precipitation = dy.Float32(
        nullable=True, min=0, max=12, description="Of one hour.", metadata={"unit": "in"}
    )
    pressure = dy.Float32(
        nullable=True, min=850, max=1100, description="At sea level.", metadata={"unit": "mbar"}
    )
    visibility = dy.Float32(
        nullable=True, min=0, max=20, description="At the origin.", metadata={"unit": "mi"}
    )


class Labels(dy.Schema):
    """The outcome of one flight, known days later."""

    flight_id = dy.String(primary_key=True, description="As in the features.")
    label = dy.Int8(min=0, max=1, description="1 if it arrived more than 15 minutes late.")


DATATYPES: dict[str, Literal["BYTES", "FP32", "INT64"]] = {
    "String": "BYTES",
    "Datetime": "BYTES",
    "Float32": "FP32",
    "Int64": "INT64",
}


def input_specs() -> list[InputSpec]:
    """Return the model's inputs, one for each column of Features.

    Raises:
        ProjectError: A column has a type that models do not take.
    """
    return [_spec(name, column) for name, column in Features.columns().items()]


def _spec(name: str, column: Any) -> InputSpec:
    kind, metadata = type(column).__name__, column.metadata or {}
    if kind not in DATATYPES or (kind == "Int64" and column.nullable):
        raise ProjectError(
            f"Column {name!r} in data/schema.py is {kind}: take String, Datetime or Float32, or "
            "Int64 without nulls."
        )
    number = kind in ("Float32", "Int64")
    return InputSpec(
        name=name,
        datatype=DATATYPES[kind],
        role=metadata.get("role", "feature"),
        nullable=column.nullable,
        unit=metadata.get("unit", ""),
        description=column.description or "",
        minimum=column.min if number else None,
        maximum=column.max if number else None,
    )


def schema_hash() -> str:
    """Return the SHA-256 of the inputs without their descriptions."""
    specs = [msgspec.structs.replace(spec, description="") for spec in input_specs()]
    return hashlib.sha256(msgspec.json.encode(specs)).hexdigest()


def data_dictionary() -> str:
    """Return a Markdown page that lists every column; docs/data-dictionary.md is this text."""
    sections = [_section(Features, "Features"), _section(Labels, "Labels")]
    return "\n\n".join(["# Data dictionary", *sections]) + "\n"


def _section(schema: type[dy.Schema], title: str) -> str:
    header = ["column", "type", "unit", "range", "null", "meaning"]
    rows = [_row(name, column) for name, column in schema.columns().items()]
    lines = ["| " + " | ".join(cells) + " |" for cells in [header, ["---"] * len(header), *rows]]
    return "\n".join([f"## {title}", "", schema.__doc__ or "", "", *lines])


def _row(name: str, column: Any) -> list[str]:
    unit = (column.metadata or {}).get("unit", "")
    null = "yes" if column.nullable else ""
    description = column.description or ""
    return [name, type(column).__name__, unit, _allowed(column), null, description]


def _allowed(column: Any) -> str:
    """Describe which values a column may hold, in a cell of a Markdown table."""
    if pattern := getattr(column, "regex", None):
        return f"`{pattern}`".replace("|", r"\|")
    limits = [("from", getattr(column, "min", None)), ("to", getattr(column, "max", None))]
    return " ".join(f"{word} {limit}" for word, limit in limits if limit is not None)


if __name__ == "__main__":
    print(data_dictionary(), end="")
