"""What a model takes: one specification an input, made from the schema, kept in the manifest."""

from typing import Literal

import msgspec

Datatype = Literal["BOOL", "BYTES", "FP32", "INT64"]
INTEGER_MAXIMUM = 2**53  # the largest that every JSON library keeps exact


class InputSpec(msgspec.Struct, frozen=True, kw_only=True):
    """One input of the model and the rules for its values; a time is local text, see times.py.

    Limits are inclusive. `pattern` is a regular expression as Rust's regex crate reads it, which
    polars uses as well; lengths count bytes of UTF-8. `resolution` and the limits `earliest` and
    `latest` are those of a time.
    """

    name: str
    datatype: Datatype
    role: Literal["key", "time", "feature"]
    nullable: bool = False
    unit: str = ""
    description: str = ""
    minimum: float | None = None
    maximum: float | None = None
    allowed: tuple[str | int, ...] = ()
    pattern: str = ""
    minimum_length: int | None = None
    maximum_length: int | None = None
    resolution: str = ""
    earliest: str = ""
    latest: str = ""
