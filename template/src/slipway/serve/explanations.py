"""What each input adds to an answer, as both routes tell it."""

from typing import Any

import msgspec

from ..explain.contributions import Contributions

ROWS_MAXIMUM = 8  # explained in a request: each costs as much as some hundred plain rows
EXPLANATION = "explanation"  # the field of a prediction
TENSOR = "_contributions"  # ends the name of a tensor, which begins with that of a prediction

SCHEMA = {  # of such a tensor
    "type": "object",
    "required": ["name", "datatype", "shape", "data", "parameters"],
    "properties": {
        "name": {"type": "string", "pattern": f"{TENSOR}$"},
        "datatype": {"type": "string", "enum": ["FP32"]},
        "shape": {"type": "array", "items": {"type": "integer"}},
        "data": {
            "type": "array",
            "items": {"type": "number", "description": "What each input adds, row by row."},
        },
        "parameters": {
            "type": "object",
            "required": ["base"],
            "properties": {"base": {"type": "number", "description": "The mean answer."}},
        },
    },
}


class Explanation(msgspec.Struct):
    """What each input adds to a prediction: with `base`, the contributions add up to it."""

    base: float
    contributions: dict[str, float]


def tensors(contributions: Contributions) -> list[dict[str, Any]]:
    """Return a tensor (rows, inputs) for each prediction; inputs are in the order of the metadata.

    The key is none of them. `base` and the values of a row add up to its prediction.
    """
    return [
        {
            "name": f"{name}{TENSOR}",
            "datatype": "FP32",
            "shape": list(values.shape),
            "data": values.reshape(-1).tolist(),
            "parameters": {"base": contributions.base[name]},
        }
        for name, values in contributions.values.items()
    ]


def by_row(contributions: Contributions) -> list[dict[str, Explanation]]:
    """Return the explanation of each row, by the name of a prediction."""
    base, inputs = contributions.base, contributions.inputs
    columns = [
        [
            (name, Explanation(base[name], dict(zip(inputs, row, strict=True))))
            for row in values.tolist()
        ]
        for name, values in contributions.values.items()
    ]
    return [dict(row) for row in zip(*columns, strict=True)]
