"""The parameters of a network: how it learns, and how its module is made."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ...errors import ProjectError
from .. import Parameters

Module = Callable[..., Any]  # features, outputs, and the module's own parameters
LEARNING: Parameters = {
    "learning_rate": 0.001,
    "weight_decay": 0.01,
    "batch_size": 512,
    "epochs": 20,
    "patience": 3,  # epochs that may be no better than one before them
    "held_out_share": 0.1,  # of the rows, the newest: they say when to stop
    "seed": 7,
    "threads": 1,  # of the CPU; another number of them sums in another order
    "mixed_precision": True,  # scores in bfloat16, on a GPU that has it
}
BODY: Parameters = {"width": 128, "blocks": 2, "dropout": 0.1}  # of the module that ships
WHOLE = ("batch_size", "epochs", "patience", "seed", "threads")


@dataclass(frozen=True)
class Settings:
    """Parameters that were looked at; `module` is the project's own, `body` what it is given."""

    learning_rate: float
    weight_decay: float
    batch_size: int
    epochs: int
    patience: int
    held_out_share: float
    seed: int
    threads: int
    mixed_precision: bool
    module: Module | None
    body: Parameters

    @staticmethod
    def of(parameters: Parameters, module: Module | None) -> "Settings":
        """Take parameters apart.

        Raises:
            ProjectError: One cannot be learned with; the sentence names it.
        """
        learning = {name: parameters[name] for name in LEARNING}
        body = {name: parameters[name] for name in parameters.keys() - {*LEARNING, "module"}}
        for name, value in learning.items():
            if reason := _wrong(name, value):
                raise ProjectError(f"Correct {name} in model.py: {value!r} is {reason}.")
        return Settings(module=module, body=body, **learning)  # type: ignore[arg-type]  # as looked


def _wrong(name: str, value: Any) -> str:
    if name == "mixed_precision":
        return "" if isinstance(value, bool) else "neither True nor False"
    if isinstance(value, bool) or not isinstance(value, int if name in WHOLE else int | float):
        return "no whole number" if name in WHOLE else "no number"
    if name == "held_out_share":
        return "" if 0 < value < 1 else "no share between 0 and 1"
    if name in ("seed", "weight_decay"):
        return "" if 0 <= value < math.inf else "below 0 or without an end"
    return "" if 0 < value < math.inf else "not above 0"
