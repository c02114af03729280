"""Gradient boosted trees by LightGBM, the same bytes from the same rows on any machine."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ...errors import ProjectError
from ...files import write_bytes
from .. import Checkpoint, Compressed, Parameters, Resources, TrainingRows
from ..space import Range, Space
from . import booster, distil, onnx

OBJECTIVES = {  # LightGBM's names
    "log_loss": "binary",
    "squared_error": "regression",
    "multiclass_log_loss": "multiclass",
}
FITTED = "booster.txt"
SPACE: Space = {
    "num_iterations": Range(50, 500, log=True),
    "learning_rate": Range(0.01, 0.2, log=True),
    "num_leaves": Range(7, 127, log=True),
    "min_child_samples": Range(20, 400, log=True),
    "feature_fraction": Range(0.5, 1.0),
    "lambda_l2": Range(0.001, 10.0, log=True),
}


class Boosting:
    """A family, see `families.Tunable` and `Resumable`; `parameters` are LightGBM's own.

    `space` says which of them `make tune` tries, and in which limits.
    """

    def __init__(
        self,
        resources: Resources | None = None,
        space: Space | None = None,
        **parameters: Any,
    ) -> None:
        self.parameters: Parameters = {**booster.PARAMETERS, **parameters}
        self.resources = resources or Resources()
        self.space = SPACE if space is None else space

    def tuned(self, parameters: Parameters) -> "Boosting":
        """Return boosting with some parameters in place of its own."""
        return Boosting(self.resources, self.space, **{**self.parameters, **parameters})

    def fit(self, rows: TrainingRows, directory: Path) -> str:
        """Fit the booster and write it to a file.

        Raises:
            ProjectError: The task's loss is none of LightGBM's here, or no tree has a branch.
        """
        return self._fit(rows, directory, None)

    def resume(self, rows: TrainingRows, directory: Path, checkpoint: Checkpoint) -> str:
        """Fit as `fit` does; the state is the booster so far."""
        return self._fit(rows, directory, checkpoint)

    def _fit(self, rows: TrainingRows, directory: Path, checkpoint: Checkpoint | None) -> str:
        parameters = {**self.parameters, "objective": _objective(rows.loss)}
        fitted = booster.fit(rows, parameters, checkpoint=checkpoint)
        if not booster.has_branches(fitted):
            raise ProjectError(
                f"The model learned nothing from {len(rows.labels):,} rows: take a longer period, "
                "lower min_child_samples in model.py (a branch needs so many rows on either side), "
                "or look whether the features vary."
            )
        write_bytes(directory / FITTED, fitted.model_to_string().encode())
        return f"{fitted.num_trees()} trees"

    def export(self, rows: TrainingRows, directory: Path) -> bytes:
        """Convert the booster."""
        return onnx.export(_fitted(directory), len(rows.names))

    def compressions(self, rows: TrainingRows, directory: Path) -> Iterator[Compressed]:
        """Yield boosters with fewer rounds, and small ones that learned the large one's answers."""
        fitted = _fitted(directory)
        parameters = {**self.parameters, "objective": _objective(rows.loss)}
        for recipe, smaller in distil.smaller(fitted, rows, parameters):
            yield Compressed(recipe, onnx.export(smaller, len(rows.names)))


def _objective(loss: str) -> str:
    if loss not in OBJECTIVES:
        raise ProjectError(
            f"Boosting minimises {', '.join(OBJECTIVES)}, and the task asks for {loss}: "
            "choose another family in model.py."
        )
    return OBJECTIVES[loss]


def _fitted(directory: Path) -> Any:
    return booster.load((directory / FITTED).read_text("utf-8"))
