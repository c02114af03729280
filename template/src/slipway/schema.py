"""The schema as others need it: the inputs of a model, their hash, and the data dictionary.

The schema itself is a project's own: the classes Features and Labels of its module `schema`.
"""

import hashlib
from typing import Any

import msgspec

from . import project
from .contract.inputs import Datatype, InputSpec
from .errors import ProjectError

DATATYPES: dict[str, Datatype] = {
    "Bool": "BOOL",
    "String": "BYTES",
    "Datetime": "BYTES",
    "Float32": "FP32",
    "Int64": "INT64",
}
DICTIONARY = "docs/data-dictionary.md"
LABEL = "label"  # the column that holds the outcome


def input_specs() -> list[InputSpec]:
    """Return the model's inputs, one for each column of Features.

    Raises:
        ProjectError: A column has a type that models do not take, or key or time is missing.
    """
    specs = [_spec(name, column) for name, column in project.schema().Features.columns().items()]
    for role in ("key", "time"):
        names = [spec.name for spec in specs if spec.role == role]
        if len(names) != 1:
            raise ProjectError(
                f"{len(names)} columns of Features have the role {role!r}: give it to exactly one "
                f'in schema.py, by metadata={{"role": "{role}"}}.'
            )
    return specs


def key_name(specs: list[InputSpec]) -> str:
    """Return the name of the input that tells rows apart."""
    return next(spec.name for spec in specs if spec.role == "key")


def time_name(specs: list[InputSpec]) -> str:
    """Return the name of the input that says when a prediction is wanted."""
    return next(spec.name for spec in specs if spec.role == "time")


def _spec(name: str, column: Any) -> InputSpec:
    kind, metadata = type(column).__name__, column.metadata or {}
    if kind not in DATATYPES or (kind in ("Bool", "Int64") and column.nullable):
        raise ProjectError(
            f"Column {name!r} in schema.py is {kind}: take String, Datetime or Float32, or Int64 "
            "or Bool without nulls."
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
    schema = project.schema()
    sections = [_section(schema.Features, "Features"), _section(schema.Labels, "Labels")]
    return "\n\n".join(["# Data dictionary", *sections]) + "\n"


def _section(schema: Any, title: str) -> str:
    header = ["column", "type", "unit", "range", "null", "meaning"]
    rows = [_row(name, column) for name, column in schema.columns().items()]
    lines = ["| " + " | ".join(cells) + " |" for cells in [header, ["---"] * len(header), *rows]]
    return "\n".join([f"## {title}", "", schema.__doc__ or "", "", *lines])


def _row(name: str, column: Any) -> list[str]:
    unit = (column.metadata or {}).get("unit", "")
    null = "yes" if column.nullable else ""
    description = (column.description or "").replace("|", r"\|")
    return [name, type(column).__name__, unit, _allowed(column), null, description]


def _allowed(column: Any) -> str:
    """Describe which values a column may hold, in a cell of a Markdown table."""
    if pattern := getattr(column, "regex", None):
        return f"`{pattern}`".replace("|", r"\|")
    limits = [("from", getattr(column, "min", None)), ("to", getattr(column, "max", None))]
    return " ".join(f"{word} {limit}" for word, limit in limits if limit is not None)
