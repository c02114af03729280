"""The rules of the schema that JSON's own types do not say, checked a column at once."""

from typing import Any

import numpy as np
from pydantic_core import SchemaValidator, ValidationError, core_schema
from starlette.exceptions import HTTPException

from ..contract import times
from ..contract.inputs import InputSpec
from ..contract.times import Times

MINUTES_LENGTH = len(times.EXAMPLE)


class TextRule:
    """Pattern and length of one text input, as the quarantine of the training judges them.

    pydantic reads patterns by the same Rust crate as polars; to Python's `re`, "$" also means the
    place before a last line break.
    """

    def __init__(self, spec: InputSpec) -> None:
        self.name = spec.name
        self.pattern = spec.pattern
        self.validator = _matcher(spec.pattern) if spec.pattern else None
        self.minimum_length = spec.minimum_length or 0
        self.maximum_length = spec.maximum_length

    def check(self, texts: list[Any]) -> None:
        """Take texts, and null where there is none.

        Raises:
            HTTPException: 400, one of them breaks the rule.
        """
        if self.validator is not None:
            _match(self.validator, self.name, texts, f"must match {self.pattern}")
        if not self.minimum_length and self.maximum_length is None:
            return
        most = float("inf") if self.maximum_length is None else self.maximum_length
        for row, text in enumerate(texts):
            if text and not self.minimum_length <= len(text.encode()) <= most:
                length = f"{self.minimum_length} to {most} bytes of UTF-8"
                raise HTTPException(400, f"input {self.name}, row {row}: must have {length}.")


class TimeRule:
    """The times that one input takes: such that exist, are full ones, and lie in its limits."""

    def __init__(self, spec: InputSpec) -> None:
        self.name = spec.name
        self.resolution = spec.resolution
        self.matcher = _matcher(times.pattern(spec.resolution))
        self.earliest = np.datetime64(spec.earliest) if spec.earliest else None
        self.latest = np.datetime64(spec.latest) if spec.latest else None
        steps = f" in steps of {spec.resolution}" if spec.resolution else ""
        example = times.example(spec.resolution)
        self.wanted = f"give local time like {example}{steps}, without a zone or offset"

    def read(self, texts: list[str]) -> Times:
        """Return the times of a column.

        Raises:
            HTTPException: 400, a text is no such time.
        """
        _match(self.matcher, self.name, texts, self.wanted)
        values = np.array(texts, dtype="datetime64[us]")
        if self.resolution:
            self._require(times.floor(values, self.resolution) == values, self.wanted)
        if self.earliest is not None:
            self._require(values >= self.earliest, f"must not be before {self.earliest}")
        if self.latest is not None:
            self._require(values <= self.latest, f"must not be after {self.latest}")
        return values

    def _require(self, kept: Any, rule: str) -> None:
        if not kept.all():
            raise HTTPException(400, f"input {self.name}, row {kept.argmin()}: {rule}.")


def to_minute(text: str) -> str:
    """Return a valid time as it is kept: up to its minute, which a whole day lacks."""
    return text[:MINUTES_LENGTH] if len(text) >= MINUTES_LENGTH else f"{text}T00:00"


def _matcher(pattern: str) -> SchemaValidator:
    text = core_schema.nullable_schema(core_schema.str_schema(pattern=pattern))
    return SchemaValidator(core_schema.list_schema(text, fail_fast=True))


def _match(matcher: SchemaValidator, name: str, texts: list[Any], rule: str) -> None:
    try:
        matcher.validate_python(texts)
    except ValidationError as error:
        row = error.errors()[0]["loc"][0]
        raise HTTPException(400, f"input {name}, row {row}: {rule}.") from None
