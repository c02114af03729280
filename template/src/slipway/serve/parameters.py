"""The parameters of a request that would change what its data mean: refused, never ignored."""

from collections.abc import Collection
from typing import Any

from starlette.exceptions import HTTPException
from starlette.types import Scope

from ..contract.inputs import InputSpec

Parameters = dict[str, Any] | None  # unknown ones are ignored, as the protocol says

BINARY_HEADER = b"inference-header-content-length"
BINARY_PARAMETERS = ("binary_data", "binary_data_output", "binary_data_size")
EXPLAIN = "explain"  # of a request: whether its answers are explained
NO_BINARY = (
    "the extension binary_tensor_data is not served here: send and ask for all data as JSON, "
    "without binary parameters and Inference-Header-Content-Length."
)
REQUEST_CONTENT_TYPES = ("np", "pd")


def content_types(spec: InputSpec) -> list[str]:
    """Return the content types that leave the data of an input as they are."""
    texts = ["str"] if spec.datatype == "BYTES" else []
    return ["np", *texts, *(["datetime"] if spec.role == "time" else [])]


def check(where: str, parameters: Parameters, known: Collection[str]) -> None:
    """Raise unless the data can be taken as they are.

    Raises:
        HTTPException: 400, they are encoded in an unknown way, or binary data are wanted.
    """
    if not parameters:
        return
    if any(parameters.get(name) for name in BINARY_PARAMETERS):
        raise HTTPException(400, NO_BINARY)
    if parameters.get("content_type", "np") not in known:
        raise HTTPException(
            400, f"{where}: the content_type must be left out or one of {', '.join(known)}."
        )


def explain(parameters: Parameters) -> bool:
    """Tell whether a request wants its answers explained.

    Raises:
        HTTPException: 400, the parameter is neither true nor false.
    """
    wanted = (parameters or {}).get(EXPLAIN, False)
    if not isinstance(wanted, bool):
        raise HTTPException(400, f"the request: the parameter {EXPLAIN} must be true or false.")
    return wanted


def check_head(scope: Scope) -> None:
    """Raise when the head says that binary data follow the JSON.

    Raises:
        HTTPException: 400, it does.
    """
    if any(name == BINARY_HEADER for name, _ in scope["headers"]):
        raise HTTPException(400, NO_BINARY)
