"""The tensors of an inference request, typed by the model's inputs."""

import re
from typing import Any, Literal, Union

import msgspec
from starlette.exceptions import HTTPException

from ..contract.inputs import InputSpec
from ..tasks import Output
from . import parameters
from .inputs import decode, taken_type

INPUT = re.compile(r"`\$\.inputs\[([0-9]+)\]")  # in a message of msgspec
Field = tuple[str, Any] | tuple[str, Any, Any]
PARAMETERS: Field = ("parameters", parameters.Parameters, None)


class TensorReader:
    """Decodes bodies of inference requests to one model: a tensor an input, known by its name.

    Unknown fields are ignored. All but the key must be given.
    """

    def __init__(
        self, specs: list[InputSpec], outputs: tuple[Output, ...], rows_maximum: int
    ) -> None:
        self.names = {_tensor_type(spec): spec.name for spec in specs}
        self.content_types = {spec.name: parameters.content_types(spec) for spec in specs}
        self.required = {spec.name for spec in specs if spec.role != "key"}
        self.rows_maximum = rows_maximum
        tensor: Any = Union[tuple(self.names)]  # noqa: UP007
        self.body_type: Any = msgspec.defstruct(
            "InferRequest",
            [
                ("inputs", list[tensor]),
                ("id", str, ""),
                ("outputs", tuple[_requested_output(outputs), ...], ()),  # type: ignore[misc]
                PARAMETERS,
            ],
        )
        self.decoder = msgspec.json.Decoder(self.body_type)

    def decode(self, body: bytes) -> Any:
        """Return the request in `body`: `inputs`, `id` and `outputs`.

        Raises:
            HTTPException: 400, the request is not valid.
        """
        try:
            request: Any = self.decoder.decode(body)
        except msgspec.ValidationError:
            request = self._decode_nested(body)
        except (ValueError, RecursionError) as error:
            raise HTTPException(400, f"the body: {error}.") from None
        parameters.check("the request", request.parameters, parameters.REQUEST_CONTENT_TYPES)
        for output in request.outputs:
            parameters.check(f"output {output.name}", output.parameters, ("np", "str"))
        return request

    def _decode_nested(self, body: bytes) -> Any:
        """Return a request whose tensors may be of shape [rows, 1], or say what is wrong with it.

        The protocol allows both forms; nested ones are rare, so they take this longer way.
        """
        flat = _flatten(decode(msgspec.json.Decoder(), body))
        try:
            return msgspec.convert(flat, self.body_type)
        except msgspec.ValidationError as error:
            tensor = _tensor_at(flat, str(error))
            if isinstance(tensor.get("parameters"), dict) and "data" not in tensor:
                parameters.check("the body", tensor["parameters"], ("np",))
            named = [name for name in self.content_types if name == tensor.get("name")]
            where = f"input {named[0]}" if named else "the body"
            raise HTTPException(400, f"{where}: {error}.") from None

    def values(self, tensors: list[Any]) -> dict[str, list[Any]]:
        """Return the data by the names of the inputs, all lists of the same length.

        Raises:
            HTTPException: 400, an input is missing or given twice, or its shape is wrong.
        """
        rows = tensors[0].shape[0] if tensors and tensors[0].shape else 0
        if not 1 <= rows <= self.rows_maximum:
            raise HTTPException(400, f"give 1 to {self.rows_maximum} rows in a request.")
        flat, nested = [rows], [rows, 1]
        values: dict[str, list[Any]] = {}
        for tensor in tensors:
            name = self.names[type(tensor)]
            if name in values:
                raise HTTPException(400, f"input {name} is given twice.")
            if tensor.shape != flat and tensor.shape != nested:
                raise HTTPException(400, f"input {name}: the shape must be {flat} or {nested}.")
            if len(tensor.data) != rows:
                raise HTTPException(400, f"input {name}: {len(tensor.data)} values, not {rows}.")
            parameters.check(f"input {name}", tensor.parameters, self.content_types[name])
            values[name] = tensor.data
        if missing := self.required - values.keys():
            raise HTTPException(400, f"input {min(missing)} is missing.")
        return values


def _requested_output(outputs: tuple[Output, ...]) -> type:
    """Return the type of an output that a client asks for by its name."""
    names = Literal[tuple(output.name for output in outputs)]  # type: ignore[valid-type]
    return msgspec.defstruct("RequestedOutput", [("name", names), PARAMETERS])


def _tensor_type(spec: InputSpec) -> type:
    fields: list[Field] = [
        ("shape", list[int]),
        ("datatype", Literal[spec.datatype]),
        ("data", list[taken_type(spec)]),  # type: ignore[misc]
        PARAMETERS,
    ]
    return msgspec.defstruct("Tensor", fields, tag_field="name", tag=spec.name)


def _flatten(request: Any) -> Any:
    """Return the request with the data of tensors of shape [rows, 1] as a flat list."""
    match request:
        case {"inputs": [*tensors]}:
            return {**request, "inputs": [_flat_tensor(tensor) for tensor in tensors]}
    return request


def _flat_tensor(tensor: Any) -> Any:
    match tensor:
        case {"shape": [_, 1], "data": [*cells]} if all(_is_row(cell) for cell in cells):
            return {**tensor, "data": [cell[0] for cell in cells]}
    return tensor


def _is_row(cell: Any) -> bool:
    return isinstance(cell, list) and len(cell) == 1


def _tensor_at(request: Any, error: str) -> dict[str, Any]:
    """Return the tensor that an error is about, which msgspec tells by its number alone."""
    place = INPUT.search(error)
    tensor = request["inputs"][int(place[1])] if place else None
    return tensor if isinstance(tensor, dict) else {}
