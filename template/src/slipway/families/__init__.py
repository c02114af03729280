"""How a model is fitted, exported and made smaller: one module a family of models.

`model.py` of a project's package holds its MODEL: a family of this package, or one of its own.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from ..features import Array
from .space import Space

Parameters = Mapping[str, bool | int | float | str]
CURVE = "curve.json"


class Resources(NamedTuple):
    """What the training step wants, in Kubernetes' own words."""

    cpu: str = "1"
    memory: str = "2G"
    gpus: int = 0


class TrainingRows(NamedTuple):
    """Features (n, k) float32 by their names (k,), labels (n,), and the loss to minimise.

    The oldest rows are first. Labels are numbers; with multiclass_log_loss they are 0 to
    `classes` - 1.
    """

    features: npt.NDArray[np.float32]
    names: tuple[str, ...]
    labels: Array
    loss: str
    classes: int = 0


class Compressed(NamedTuple):
    """A smaller model, and how it was made in a word."""

    recipe: str
    onnx_bytes: bytes


class Family(Protocol):
    """What the engine has to know about a way of fitting.

    `directory` exists; there `fit` leaves what the other two read, in processes of their own.
    The ONNX model takes "features" (n, k) float32 and has one output (n, m) float32: for log_loss
    the probabilities of 0 and 1, for squared_error a number, for multiclass_log_loss the
    probability of each class. The same rows give the same bytes.

    A fit that learns in rounds may leave CURVE there too, figures by name, each a list with one
    number a round: MLflow draws them.
    """

    parameters: Parameters
    resources: Resources

    def fit(self, rows: TrainingRows, directory: Path) -> str:
        """Fit on all rows and return what came of it in a few words.

        Raises:
            ProjectError: The family does not know the loss, or the rows cannot be fitted.
        """
        ...

    def export(self, rows: TrainingRows, directory: Path) -> bytes:
        """Return the fitted model as ONNX."""
        ...

    def compressions(self, rows: TrainingRows, directory: Path) -> Iterator[Compressed]:
        """Yield smaller models that may take the fitted one's place."""
        ...


class Tunable(Family, Protocol):
    """A family that says which of its parameters are worth trying, and in which limits."""

    space: Space

    def tuned(self, parameters: Parameters) -> Family:
        """Return this family with some parameters in place of its own."""
        ...


class Checkpoint(Protocol):
    """Where a fit keeps its state, so that it can go on with it after its process was ended."""

    @property
    def state(self) -> bytes:
        """Return what was kept last by a fit of the same rows and parameters, nothing at first."""
        ...

    @property
    def due(self) -> bool:
        """Tell whether a state should be kept now: ask often, it costs nothing."""
        ...

    def keep(self, state: bytes) -> None:
        """Keep a state in place of the last; it may end the process, which was asked to."""
        ...

    def tell(self, number: int, figures: Mapping[str, float], words: str) -> None:
        """Show people who watch the figures of a round, counted from 1 on, and a line of words."""
        ...


class Resumable(Family, Protocol):
    """A family whose fit can go on where an earlier process was ended."""

    def resume(self, rows: TrainingRows, directory: Path, checkpoint: Checkpoint) -> str:
        """Do what `fit` does, from the state of the checkpoint on, and keep a newer one when due.

        The model has the same bytes as one whose fit was not interrupted.
        """
        ...
