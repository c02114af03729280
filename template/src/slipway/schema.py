"""The schema as others need it: the inputs of a model, their hash, and the data dictionary.

The schema itself is a project's own: the classes Features and Labels of its module `schema`.
"""

import hashlib
from typing import Any

import msgspec

from . import project
from .contract.inputs import Datatype, InputSpec
from .errors import ProjectError
from .schema_rules import SAY_OTHERWISE, unservable, value_rules

DATATYPES: dict[str, Datatype] = {
    "Bool": "BOOL",
    "String": "BYTES",
    "Enum": "BYTES",
    "Datetime": "BYTES",
    "Float32": "FP32",
    "Int64": "INT64",
}
DICTIONARY = "docs/data-dictionary.md"
LIMITS = (
    ("min", "from"),
    ("min_exclusive", "above"),
    ("max", "to"),
    ("max_exclusive", "below"),
    ("min_length", "from bytes:"),
    ("max_length", "to bytes:"),
    ("resolution", "in steps of"),
)
LABEL = "label"  # the column that holds the outcome
UNREAD = "unread outcome"  # what the outcome says, where that is no label


def input_specs() -> list[InputSpec]:
    """Return the model's inputs, one for each column of Features.

    Raises:
        ProjectError: A column has a type that models do not take, or key or time is missing.
    """
    features = project.schema().Features
    specs = [_spec(name, column) for name, column in features.columns().items()]
    if rules := list(features.__dataframely_rules__):
        raise ProjectError(f"Features in schema.py has the rule {rules[0]!r}, {SAY_OTHERWISE}.")
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
    if why := _unfit(kind, column, metadata.get("role", "feature")):
        raise ProjectError(f"Column {name!r} in schema.py is {why}.")
    return InputSpec(
        name=name,
        datatype=DATATYPES[kind],
        role=metadata.get("role", "feature"),
        nullable=column.nullable or getattr(column, "allow_nan", False),
        unit=metadata.get("unit", ""),
        description=column.description or "",
        **value_rules(kind, column),
    )


def _unfit(kind: str, column: Any, role: str) -> str:
    """Say why models and their server cannot take the column, or nothing."""
    if kind not in DATATYPES or (kind in ("Bool", "Int64") and column.nullable):
        day = ', or for a day Datetime(resolution="1d")' if kind == "Date" else ""
        return (
            f"{kind}: take String, Enum, Datetime or Float32, or Int64 or Bool without nulls{day}"
        )
    if role == "key" and not (kind == "String" and column.primary_key):
        return "the key: make it a String with primary_key=True"
    if role == "time" and (kind != "Datetime" or column.nullable):
        return "the time: make it a Datetime without nullable=True, for each row is of a day"
    if role != "time" and kind == "Datetime":
        return "a second Datetime: make it a number in source.py, such as the hours between the two"
    return unservable(kind, column)


def personal_columns() -> list[str]:
    """Return the columns that are marked by metadata={"personal": True}: no log may quote them."""
    schema = project.schema()
    return [
        name
        for part in (schema.Features, schema.Labels)
        for name, column in part.columns().items()
        if (column.metadata or {}).get("personal")
    ]


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
    description += " (personal)" if (column.metadata or {}).get("personal") else ""
    return [name, type(column).__name__, unit, _allowed(column), null, description]


def _allowed(column: Any) -> str:
    """Describe which values a column may hold, in a cell of a Markdown table."""
    rules = [f"`{pattern}`"] if (pattern := getattr(column, "regex", None)) else []
    values = getattr(column, "is_in", None) or getattr(column, "categories", None)
    if values is not None:
        rules.append("one of " + ", ".join(str(value) for value in values))
    rules += [
        f"{word} {limit}"
        for name, word in LIMITS
        if (limit := getattr(column, name, None)) is not None
    ]
    return " ".join(rules).replace("|", r"\|")
