"""Rows of the source as requests, and what would be wrong with a request, both from the schema."""

from collections.abc import Iterator
from typing import Any

import polars as pl

from ..contract.inputs import InputSpec

Body = dict[str, Any]
UNKNOWN = "no such value"
STRANGE = ("", "<script>", "é\n", "x" * 300, "5", "A")  # few patterns take all of them


def bodies(rows: pl.DataFrame, inputs: list[InputSpec]) -> list[Body]:
    """Return each row as clients send it: a time as local text, a missing value as null."""
    times = [spec.name for spec in inputs if spec.role == "time"]
    texts = rows.with_columns(pl.col(times).dt.strftime("%Y-%m-%dT%H:%M"))
    return texts.select(spec.name for spec in inputs).to_dicts()


def malformed(body: Body, inputs: list[InputSpec]) -> Iterator[tuple[str, Body]]:
    """Yield requests that the server must refuse, each with what is wrong."""
    yield "an unknown input", {**body, "no such input": 1}
    for spec in inputs:
        if spec.role != "key":
            yield f"{spec.name} is missing", {k: v for k, v in body.items() if k != spec.name}
        for wrong, value in _wrong_values(spec):
            yield f"{spec.name} is {wrong}", {**body, spec.name: value}


def _wrong_values(spec: InputSpec) -> Iterator[tuple[str, Any]]:
    yield "a list", []
    yield "an object", {}
    if not spec.nullable:
        yield "null", None
    if spec.datatype == "BYTES":
        yield "a number", 5
        yield from _wrong_texts(spec)
    else:
        yield "a text", "5"
    if spec.allowed:
        yield "none of its values", UNKNOWN if spec.datatype == "BYTES" else 2**40
    if spec.datatype in ("FP32", "INT64"):
        yield "true", True
        yield from _out_of_range(spec)
    if spec.datatype == "INT64":
        yield "a fraction", 1.5
    if spec.datatype == "BOOL":
        yield "a number", 1


def _wrong_texts(spec: InputSpec) -> Iterator[tuple[str, Any]]:
    if spec.role == "time":
        yield "no time", "soon"
        yield "no day of any month", "2024-02-30T12:00"
        yield "of a second that does not exist", "2024-02-28T12:00:75"
        yield "in UTC", "2024-02-28T12:00Z"
        yield "of the year 0", "0000-01-01T00:00"
    for text in STRANGE:
        if spec.pattern and not _matches(spec, text):
            yield f"not of its pattern: {text[:20]!r}", text
    if spec.minimum_length:
        yield "too short", ""
    if spec.maximum_length is not None:
        yield "too long", "x" * (spec.maximum_length + 1)


def _matches(spec: InputSpec, text: str) -> bool:
    return bool(pl.Series([text]).str.contains(spec.pattern).item())


def _out_of_range(spec: InputSpec) -> Iterator[tuple[str, Any]]:
    if spec.minimum is not None:
        yield "below its minimum", spec.minimum - 1 - abs(spec.minimum)
    if spec.maximum is not None:
        yield "above its maximum", spec.maximum + 1 + abs(spec.maximum)
