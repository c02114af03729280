"""A model whose file is right for the engine, and whose numbers are not."""

import math
from dataclasses import dataclass, replace
from typing import Any

from slipway.bundle import Model
from slipway.features import Matrix


@dataclass(frozen=True)
class Overflowing:
    """A session that runs a model, and leaves no finite number in its first row."""

    session: Any
    value: float

    def run(self, names: None, feeds: dict[str, Matrix]) -> list[Matrix]:
        """Return the raw outputs as onnxruntime does."""
        raw, *others = self.session.run(names, feeds)
        raw[0] = self.value
        return [raw, *others]


def overflowing(model: Model, value: float = math.nan) -> Model:
    """Return the model with `value` as every raw output of the first row of a batch."""
    session: Any = Overflowing(model.session, value)
    return replace(model, session=session)
