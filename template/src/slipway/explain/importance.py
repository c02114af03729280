"""How much a model relies on each input: what its quality loses when the input is shuffled.

Permutation importance on rows that training never saw: Breiman, "Random forests" (2001); Fisher,
Rudin and Dominici, "All models are wrong, but many are useful" (2019). Two inputs that say the
same cover for each other, and both look unimportant.
"""

from collections.abc import Callable, Sequence

import numpy as np

from ..contract.importance import Importance
from ..contract.inputs import InputSpec
from ..evaluate import figures
from ..features import Array, Columns
from ..objectives import Objectives
from ..schema import LABEL

DRAWS = 5
ROWS_MAXIMUM = 20_000  # of more, every so manieth

Predict = Callable[[Columns], Array]


def measure(
    predict: Predict, rows: Columns, inputs: Sequence[InputSpec], targets: Objectives
) -> list[Importance]:
    """Return the importance of each input on labelled rows (n,), the largest first.

    The draws are the same for equal rows: the stream of RandomState is frozen for ever.
    """
    step = -(-len(rows[LABEL]) // ROWS_MAXIMUM)
    kept = {name: column[::step] for name, column in rows.items()}
    whole = _quality(predict, kept, targets)
    orders = [np.random.RandomState(draw).permutation(len(kept[LABEL])) for draw in range(DRAWS)]
    measured = [
        _importance(
            spec.name, [_loss(predict, kept, spec.name, order, whole, targets) for order in orders]
        )
        for spec in inputs
        if spec.role != "key"
    ]
    return sorted(measured, key=lambda one: (-one.loss, one.input))


def _importance(name: str, losses: list[float]) -> Importance:
    return Importance(name, float(np.mean(losses)), float(np.std(losses)))


def _loss(
    predict: Predict, rows: Columns, name: str, order: Array, whole: float, targets: Objectives
) -> float:
    """Return how much worse the quality is when the column `name` is in another order."""
    shuffled = {**rows, name: rows[name][order]}
    return targets.quality_metric.loss(_quality(predict, shuffled, targets), whole)


def _quality(predict: Predict, rows: Columns, targets: Objectives) -> float:
    return figures(rows[LABEL], predict(rows), targets)[targets.quality]
