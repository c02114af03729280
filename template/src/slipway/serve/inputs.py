"""The model's inputs: which values are valid, the same on every route, and as arrays."""

import math
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeVar

import numpy as np
import numpy.typing as npt
from msgspec import Meta
from msgspec.json import Decoder
from starlette.exceptions import HTTPException

from ..contract import times
from ..contract.inputs import INTEGER_MAXIMUM, Datatype, InputSpec
from .rules import TextRule, TimeRule, to_minute

TEXT_LENGTH_MAXIMUM = 256  # where the schema says none
FLOAT_MAXIMUM = float(np.finfo(np.float32).max)
DTYPES: dict[Datatype, npt.DTypeLike] = {"BOOL": bool, "BYTES": object, "INT64": np.int64}
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Batch:
    """The rows of one request, a list an input: as received, and as the model takes them."""

    keys: list[str]
    values: dict[str, list[Any]]
    columns: dict[str, npt.NDArray[Any]]


class Inputs:
    """The names of a model's inputs by what they hold, and the rules of texts and times."""

    def __init__(self, specs: list[InputSpec]) -> None:
        self.keys = [spec.name for spec in specs if spec.role == "key"]
        self.times = {spec.name: TimeRule(spec) for spec in specs if spec.role == "time"}
        others = [spec for spec in specs if spec.role == "feature"]
        self.numbers = [spec.name for spec in others if spec.datatype == "FP32"]
        self.others = {
            spec.name: DTYPES[spec.datatype] for spec in others if spec.datatype != "FP32"
        }
        self.texts = {spec.name: TextRule(spec) for spec in specs if _has_text_rule(spec)}


def _has_text_rule(spec: InputSpec) -> bool:
    lengths = (spec.minimum_length, spec.maximum_length)
    return spec.role != "time" and (bool(spec.pattern) or lengths != (None, None))


def wire_type(spec: InputSpec) -> Any:
    """Return the type that a JSON value of this input must have, its range included.

    A time is never null: it decides under which month a prediction is kept.
    """
    about = f"{spec.description} Unit: {spec.unit}." if spec.unit else spec.description
    kind: Any = Annotated[_constrained(spec), Meta(description=about)]
    return kind | None if spec.nullable and spec.role != "time" else kind


def taken_type(spec: InputSpec) -> Any:
    """Return the type that is decoded: to JSON, 73.0 is an integer as well as 73."""
    if spec.datatype != "INT64" or spec.allowed:
        return wire_type(spec)
    least, most = integer_limits(spec)
    return wire_type(spec) | Annotated[float, Meta(ge=least, le=most, multiple_of=1)]


def _constrained(spec: InputSpec) -> Any:
    if spec.role == "time":
        pattern = times.pattern(spec.resolution)
        return Annotated[str, Meta(extra_json_schema={"pattern": pattern})]
    if spec.allowed:
        return Literal[spec.allowed]
    if spec.datatype == "BYTES":
        return _text(spec)
    if spec.datatype == "BOOL":
        return bool
    if spec.datatype == "INT64":
        least, most = integer_limits(spec)
        return Annotated[int, Meta(ge=least, le=most)]
    return _number(spec)


def integer_limits(spec: InputSpec) -> tuple[int, int]:
    """Return the least and the largest integer of an input."""
    least = -INTEGER_MAXIMUM if spec.minimum is None else max(spec.minimum, -INTEGER_MAXIMUM)
    most = INTEGER_MAXIMUM if spec.maximum is None else min(spec.maximum, INTEGER_MAXIMUM)
    return math.ceil(least), math.floor(most)


def _text(spec: InputSpec) -> Any:
    """Return the type of a text: JSON counts characters, each of up to four bytes."""
    least = -(-(spec.minimum_length or 0) // 4)
    most = TEXT_LENGTH_MAXIMUM if spec.maximum_length is None else spec.maximum_length
    if spec.role == "key":
        least = max(least, 1)  # an empty key is none
    pattern = {"pattern": spec.pattern} if spec.pattern else {}
    return Annotated[str, Meta(min_length=least, max_length=most, extra_json_schema=pattern)]


def _number(spec: InputSpec) -> Any:
    least, most = number_limits(spec)
    return Annotated[float, Meta(ge=least, le=most)]


def number_limits(spec: InputSpec) -> tuple[float, float]:
    """Return the least and the largest number of an input, as clients may write them."""
    least = -FLOAT_MAXIMUM if spec.minimum is None else max(spec.minimum, -FLOAT_MAXIMUM)
    most = FLOAT_MAXIMUM if spec.maximum is None else min(spec.maximum, FLOAT_MAXIMUM)
    return min(_texts_of(least)), max(_texts_of(most))


def _texts_of(limit: float) -> list[float]:
    """Return the numbers by which clients write a limit, which is a float32 to the model."""
    rounded = np.float32(limit)
    return [limit, float(rounded), float(str(rounded))]


def decode(decoder: Decoder[T], body: bytes) -> T:
    """Return the decoded JSON.

    Raises:
        HTTPException: 400, `body` is no JSON, nested too deeply, or not what is expected.
    """
    try:
        return decoder.decode(body)
    except (ValueError, RecursionError) as error:
        raise HTTPException(400, f"the body: {error}.") from None


def to_batch(inputs: Inputs, values: dict[str, list[Any]], request_id: str) -> Batch:
    """Return valid values, a list an input, as a batch; a row without a key is given one.

    Raises:
        HTTPException: 400, a text or time breaks a rule of its column.
    """
    numbers = np.array([values[name] for name in inputs.numbers], dtype=np.float32)
    columns: dict[str, npt.NDArray[Any]] = dict(zip(inputs.numbers, numbers, strict=True))
    keys = _keys(inputs, values)
    given = {**values, **dict.fromkeys(inputs.keys, keys)}
    for name, rule in inputs.texts.items():
        rule.check(given[name])
    for name, dtype in inputs.others.items():
        columns[name] = np.array(values[name], dtype=dtype)
        if dtype is np.int64:
            values[name] = columns[name].tolist()
    for name, time_rule in inputs.times.items():
        columns[name] = time_rule.read(values[name]).astype("datetime64[m]")
        values[name] = [to_minute(text) for text in values[name]]
    return Batch([key or f"{request_id}-{row}" for row, key in enumerate(keys)], values, columns)


def _keys(inputs: Inputs, values: dict[str, list[Any]]) -> list[str | None]:
    """Take the keys out of the values, null for each that was not given."""
    for name in inputs.keys:
        if name in values:
            return [key or None for key in values.pop(name)]
    return [None] * len(next(iter(values.values())))
