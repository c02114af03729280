"""What each input adds to one answer, for every family of models.

The contributions are Shapley values: with the answer to an average reference row they add up to
the answer, exactly. An input is taken from the row or from a reference; the average over orders
in which the inputs join is estimated from some orders and their reverses, which is exact for
models whose inputs act alone or in pairs.

Shapley, "A value for n-person games" (1953); Castro, Gomez and Tejada, "Polynomial calculation of
the Shapley value based on sampling" (2009); Mitchell, Cooper, Frank and Holmes, "Sampling
permutations for Shapley value estimation" (2022), whose orders are paired like this.
"""

from typing import NamedTuple

import numpy as np

from ..bundle import Model
from ..features import Array, Columns
from . import references


class Contributions(NamedTuple):
    """Of rows (n,) and `inputs` (k,): values (n, k) and their base, a number of the answer each.

    base + the sum of a row's values is the number, in its own unit.
    """

    inputs: tuple[str, ...]
    base: dict[str, float]
    values: dict[str, Array]


class Explainer:
    """Explains the answers of one model; what does not depend on a row is computed once."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.references = references.build(model.manifest)
        self.inputs = tuple(self.references)
        self.orders = _orders(len(self.inputs))
        self.base = self._predict(self.references)

    def explain(self, columns: Columns) -> Contributions:
        """Return the contributions for rows (n,), of which each costs many predictions."""
        answers = self._predict(columns)
        rows = len(next(iter(answers.values())))
        explained = [self._row(columns, row, answers) for row in range(rows)]
        return Contributions(
            self.inputs,
            {name: float(base.mean()) for name, base in self.base.items()},
            {name: np.array([one[name] for one in explained]) for name in answers},
        )

    def _row(self, columns: Columns, row: int, answers: dict[str, Array]) -> dict[str, Array]:
        """Return the contributions (k,) to the answer of one row, by its number."""
        mixed = self._predict(self._mixed(columns, row))
        return {
            name: self._average(base, mixed[name].reshape(len(self.orders), -1), answers[name][row])
            for name, base in self.base.items()
        }

    def _mixed(self, columns: Columns, row: int) -> dict[str, Array]:
        """Return, for every order, the rows on the way from its reference to the row.

        After the first input of an order has joined, after the second, ...: all but the last.
        """
        count = len(self.inputs)
        owner = np.arange(len(self.orders)) % references.ROWS
        mixed = {}
        for position, name in enumerate(self.inputs):
            joined = np.argmax(self.orders == position, axis=1)[:, None] <= np.arange(count - 1)
            theirs = self.references[name][owner][:, None]
            mixed[name] = np.where(joined, columns[name][row], theirs).reshape(-1)
        return mixed

    def _average(self, base: Array, mixed: Array, answer: float) -> Array:
        """Return the mean step (k,) of each input over the orders, of which `mixed` is the way."""
        count = len(self.orders)
        starts = np.resize(base, count)[:, None]
        ends = np.full((count, 1), answer)
        steps = np.diff(np.concatenate([starts, mixed, ends], axis=1), axis=1)
        ordered = np.empty_like(steps)
        np.put_along_axis(ordered, self.orders, steps, axis=1)
        mean: Array = ordered.mean(axis=0)
        return mean

    def _predict(self, columns: Columns) -> dict[str, Array]:
        predictions = self.model.predict(columns)
        named = self.model.task.explained(predictions)
        return {name: column.astype(np.float64) for name, column in named.items()}


def _orders(count: int) -> Array:
    """Return an order of the inputs for each reference, then the reverse of each (2 * ROWS, k)."""
    drawn = [np.random.RandomState(row).permutation(count) for row in range(references.ROWS)]
    return np.array([*drawn, *(order[::-1] for order in drawn)])
