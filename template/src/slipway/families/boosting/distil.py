"""Smaller boosters that answer almost the same.

For trees this saves bytes and bulk scoring time; a single request takes about as long as before.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from ...features import Array
from .. import Parameters, TrainingRows
from . import booster

if TYPE_CHECKING:
    from lightgbm import Booster

TRUNCATED_SHARES = (0.75, 0.5, 0.25)
STUDENTS = ((60, 15), (30, 31))  # (rounds, leaves)


def smaller(
    fitted: "Booster", rows: TrainingRows, parameters: Parameters
) -> Iterator[tuple[str, "Booster"]]:
    """Yield each smaller booster with its recipe."""
    for share in TRUNCATED_SHARES:
        rounds = max(1, int(fitted.current_iteration() * share))
        text = fitted.model_to_string(num_iteration=rounds)
        yield f"truncate-{rounds}", booster.load(text)
    answers = booster.predict(fitted, rows.features)
    for rounds, leaves in STUDENTS:
        size = {"num_iterations": rounds, "num_leaves": leaves, "learning_rate": 0.1}
        yield f"distil-{rounds}x{leaves}", _student(rows, answers, {**parameters, **size})


def _student(rows: TrainingRows, answers: Array, parameters: Parameters) -> "Booster":
    """Fit a booster to the answers (n,) or (n, m) of another."""
    if parameters["objective"] == "binary":
        return _student_of_probabilities(rows, answers, parameters)
    if answers.ndim == 1:
        return booster.fit(rows._replace(labels=answers), parameters)
    each = rows._replace(  # every row once a class, weighted by its probability
        features=rows.features.repeat(rows.classes, axis=0),
        labels=np.tile(np.arange(rows.classes), len(answers)),
    )
    return booster.fit(each, parameters, weights=answers.reshape(-1))


def _student_of_probabilities(
    rows: TrainingRows, answers: Array, parameters: Parameters
) -> "Booster":
    """Fit a booster to probabilities: cross-entropy takes targets between 0 and 1."""
    taught = rows._replace(labels=answers)
    text = booster.fit(taught, {**parameters, "objective": "cross_entropy"}).model_to_string()
    # Both objectives end in the same sigmoid, but the ONNX converter knows only binary.
    text = text.replace("objective=cross_entropy\n", "objective=binary sigmoid:1\n")
    return booster.load(text.replace("[objective: cross_entropy]", "[objective: binary]"))
