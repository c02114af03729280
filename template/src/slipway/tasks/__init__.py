"""What a model predicts, one module a kind: the rest of the engine never asks which task it is.

`task` in objectives.yaml is the name of a module here, or the import path of one of the project's
own, such as `shop.counting`; that module defines TASK.
"""

import importlib
from typing import Any, Literal, Protocol

import msgspec
import numpy.typing as npt

from ..contract.inputs import Datatype
from ..errors import ProjectError
from ..section import Section

Array = npt.NDArray[Any]
VALUE = "value_per_1000"  # the metric that every task has: what 1000 rows are worth to the owner
OUTCOMES = "outcomes"  # the part of every tally that labels alone tell


class Metric(msgspec.Struct, frozen=True):
    """One figure of a model: `title` for people, `better` where two models are compared by it.

    `form` is the format specification in which it is printed, `meaning` one sentence.
    """

    name: str
    title: str
    form: str
    meaning: str
    better: Literal["higher", "lower", ""] = ""

    def show(self, value: float | None) -> str:
        """Return a value as text; nothing when there is none."""
        return "" if value is None else format(value, self.form)

    def loss(self, new: float, old: float) -> float:
        """Return by how much `new` is worse than `old`; negative when it is better."""
        return new - old if self.better == "lower" else old - new

    def misses(self, value: float, objective: float) -> bool:
        """Tell whether a value is worse than an objective."""
        return self.loss(value, objective) > 0


class Output(msgspec.Struct, frozen=True):
    """One value of an answer; the same name in the Open Inference Protocol and the typed route."""

    name: str
    datatype: Datatype
    meaning: str


class Kpi(Section):
    """What predictions are worth: every task adds the figures that its sum is made of."""

    name: str
    unit: str


class Task(Protocol):
    """What the engine has to know about a kind of prediction.

    Arrays have a row each: labels (n,), raw outputs of the ONNX model (n, m) float32, and
    predictions, which are (n,) or (n, k) float32.
    """

    name: str
    loss: str  # what families minimise: log_loss, squared_error or multiclass_log_loss
    metrics: tuple[Metric, ...]  # VALUE is one of them
    outputs: tuple[Output, ...]
    kpi: type[Kpi]

    def wrong_labels(self, labels: Array) -> str:
        """Say in a sentence which labels are none of this task's; nothing when all are."""
        ...

    def outcomes(self, labels: Array) -> Array:
        """Return counts or sums of fixed shape that say what the labels hold; see `tally`."""
        ...

    def unjudged(self, outcomes: Array, minimum: int = 1) -> str:
        """Say in a sentence why labels with these `outcomes` cannot judge; nothing when they can.

        `minimum` is how many rows there must be, of each outcome if outcomes are few.
        """
        ...

    def predictions(self, raw: Array) -> Array:
        """Return the predictions in the raw outputs of a model."""
        ...

    def columns(self, predictions: Array) -> dict[str, Array]:
        """Return the predictions as columns (n,) whose drift is measured, by name."""
        ...

    def decision(self, predictions: Array, kpi: Any) -> dict[str, float]:
        """Return the numbers by which predictions become answers, learned on held-out rows."""
        ...

    def answer(self, predictions: Array, decision: dict[str, float]) -> dict[str, list[Any]]:
        """Return what clients are told, a list for each of `outputs`."""
        ...

    def tally(self, labels: Array, predictions: Array) -> dict[str, Array]:
        """Return all that `figures` needs of rows: counts and sums of fixed shapes, OUTCOMES too.

        The sum of the tallies of parts is the tally of the whole, however rows are parted.
        """
        ...

    def figures(self, tally: dict[str, Array], kpi: Any) -> dict[str, float]:
        """Return the value of each of `metrics` on rows that can be judged, by their tally."""
        ...

    def disagreement(self, predictions: Array, others: Array) -> float:
        """Return how far two models' predictions for the same rows are apart, 0 for equal."""
        ...


def find(name: str) -> Task:
    """Return a task by its name in objectives.yaml.

    Raises:
        ProjectError: There is no such task.
    """
    path = name if "." in name else f"{__name__}.{name}"
    unknown = ProjectError(
        f"There is no task {name!r}: write `task: binary`, or the module of one of your own, "
        "in objectives.yaml."
    )
    if not all(part.isidentifier() for part in path.split(".")):
        raise unknown  # `.x` is relative to nothing, and an empty part is no module
    try:
        module = importlib.import_module(path)
    except ModuleNotFoundError as error:
        if error.name and not f"{path}.".startswith(f"{error.name}."):
            raise
        raise unknown from None
    if not hasattr(module, "TASK"):
        raise ProjectError(f"The module {path} defines no TASK, so it is none.")
    task: Task = module.TASK
    return task


def metric(task: Task, name: str) -> Metric:
    """Return one of a task's metrics.

    Raises:
        ProjectError: The task has no such metric.
    """
    for known in task.metrics:
        if known.name == name:
            return known
    names = ", ".join(known.name for known in task.metrics)
    raise ProjectError(f"{name!r} is no metric of the task {task.name}: choose one of {names}.")
