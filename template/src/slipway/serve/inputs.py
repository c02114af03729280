"""The model's inputs: which values are valid, the same on every route, and as arrays."""

import math
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

import numpy as np
import numpy.typing as npt
from msgspec import Meta
from msgspec.json import Decoder
from starlette.exceptions import HTTPException

from ..contract.inputs import Datatype, InputSpec

TIME_PATTERN = r"^[12][0-9]{3}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2})?$"
TIME_LENGTH = len("2013-01-31T23:59")
TEXT_LENGTH_MAXIMUM = 256
FLOAT_MAXIMUM = float(np.finfo(np.float32).max)
INTEGER_MAXIMUM = 2.0**53  # the largest that every JSON library keeps exact
DTYPES: dict[Datatype, npt.DTypeLike] = {"BOOL": bool, "BYTES": object, "INT64": np.int64}
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Batch:
    """The rows of one request, a list an input: as received, and as the model takes them."""

    keys: list[str]
    values: dict[str, list[Any]]
    columns: dict[str, npt.NDArray[Any]]


class Inputs:
    """The names of a model's inputs by what they hold."""

    def __init__(self, specs: list[InputSpec]) -> None:
        self.keys = [spec.name for spec in specs if spec.role == "key"]
        self.times = [spec.name for spec in specs if spec.role == "time"]
        others = [spec for spec in specs if spec.role == "feature"]
        self.numbers = [spec.name for spec in others if spec.datatype == "FP32"]
        self.others = {
            spec.name: DTYPES[spec.datatype] for spec in others if spec.datatype != "FP32"
        }


def wire_type(spec: InputSpec) -> Any:
    """Return the type that a JSON value of this input must have, its range included.

    A time is never null: it decides under which month a prediction is kept.
    """
    about = f"{spec.description} Unit: {spec.unit}." if spec.unit else spec.description
    kind: Any = Annotated[_constrained(spec), Meta(description=about)]
    return kind | None if spec.nullable and spec.role != "time" else kind


def _constrained(spec: InputSpec) -> Any:
    if spec.role == "time":
        return Annotated[str, Meta(pattern=TIME_PATTERN)]
    if spec.datatype == "BYTES":
        return Annotated[str, Meta(min_length=1, max_length=TEXT_LENGTH_MAXIMUM)]
    if spec.datatype == "BOOL":
        return bool
    limit = INTEGER_MAXIMUM if spec.datatype == "INT64" else FLOAT_MAXIMUM
    least = -limit if spec.minimum is None else spec.minimum
    most = limit if spec.maximum is None else spec.maximum
    if spec.datatype == "INT64":
        return Annotated[int, Meta(ge=math.ceil(least), le=math.floor(most))]
    return Annotated[float, Meta(ge=least, le=most)]


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
        HTTPException: 400, a time does not exist in the calendar.
    """
    numbers = np.array([values[name] for name in inputs.numbers], dtype=np.float32)
    columns: dict[str, npt.NDArray[Any]] = dict(zip(inputs.numbers, numbers, strict=True))
    for name, dtype in inputs.others.items():
        columns[name] = np.array(values[name], dtype=dtype)
    for name in inputs.times:
        values[name] = [text[:TIME_LENGTH] for text in values[name]]
        columns[name] = _times(name, values[name])
    keys = _keys(inputs, values)
    return Batch([key or f"{request_id}-{row}" for row, key in enumerate(keys)], values, columns)


def _keys(inputs: Inputs, values: dict[str, list[Any]]) -> list[Any]:
    for name in inputs.keys:
        if name in values:
            return values.pop(name)
    return [None] * len(next(iter(values.values())))


def _times(name: str, texts: list[str]) -> npt.NDArray[np.datetime64]:
    try:
        return np.array(texts, dtype="datetime64[m]")
    except ValueError as error:
        raise HTTPException(400, f"input {name}: {error}.") from None
