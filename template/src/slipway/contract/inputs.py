"""What a model takes: one specification an input, made from the schema, kept in the manifest."""

from typing import Literal

import msgspec

Datatype = Literal["BOOL", "BYTES", "FP32", "INT64"]


class InputSpec(msgspec.Struct, frozen=True, kw_only=True):
    """One input of the model; a time travels as ISO 8601 local text in BYTES."""

    name: str
    datatype: Datatype
    role: Literal["key", "time", "feature"]
    nullable: bool = False
    unit: str = ""
    description: str = ""
    minimum: float | None = None
    maximum: float | None = None
