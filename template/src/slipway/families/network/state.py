"""Weights as bytes and back: plain arrays, never pickles."""

from typing import Any

import msgspec
import numpy as np

from .library import import_torch


class Array(msgspec.Struct, array_like=True, frozen=True):
    """Numbers of one kind in the order of memory."""

    kind: str
    shape: tuple[int, ...]
    content: bytes


Arrays = dict[str, Array]


class State(msgspec.Struct, kw_only=True):
    """All that a fit needs to go on; what is drawn at random depends on `step` alone.

    `step` counts batches, `running` sums the losses (as bits) of the rows of the epoch so far,
    `curve` holds the mean losses of each epoch on the rows that teach and on those held out.
    """

    step: int
    running: float
    curve: list[tuple[float, float]]
    best_epoch: int
    best: Arrays
    weights: Arrays
    optimiser: Arrays


def pack(tensors: dict[str, Any]) -> Arrays:
    """Copy tensors to plain arrays."""
    arrays = {name: tensor.detach().cpu().numpy() for name, tensor in tensors.items()}
    return {
        name: Array(array.dtype.str, array.shape, array.tobytes()) for name, array in arrays.items()
    }


def unpack(arrays: Arrays) -> dict[str, Any]:
    """Return the tensors again, on the CPU.

    Raises:
        ValueError: An array is damaged.
    """
    torch = import_torch()
    return {
        name: torch.from_numpy(np.frombuffer(array.content, array.kind).reshape(array.shape).copy())
        for name, array in arrays.items()
    }


def of_optimiser(optimiser: Any) -> dict[str, Any]:
    """Return the tensors of AdamW, by the number of the weight and a name."""
    return {
        f"{number}.{name}": tensor
        for number, values in optimiser.state_dict()["state"].items()
        for name, tensor in values.items()
    }


def to_optimiser(optimiser: Any, tensors: dict[str, Any]) -> None:
    """Give AdamW the tensors that `of_optimiser` returned."""
    state: dict[int, dict[str, Any]] = {}
    for key, tensor in tensors.items():
        number, _, name = key.partition(".")
        state.setdefault(int(number), {})[name] = tensor
    optimiser.load_state_dict({**optimiser.state_dict(), "state": state})
