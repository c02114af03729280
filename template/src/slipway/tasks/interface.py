"""What every task offers, and the types that it says it in."""

from typing import Any, Protocol

import msgspec
import numpy.typing as npt

from ..contract.inputs import Datatype
from ..section import Section
from .figure import Metric

Array = npt.NDArray[Any]
VALUE = "value_per_1000"  # the metric that every task has: what 1000 rows are worth to the owner
OUTCOMES = "outcomes"  # the part of every tally that labels alone tell


class Output(msgspec.Struct, frozen=True):
    """One value of an answer; the same name in the Open Inference Protocol and the typed route.

    A row has one number for each of `columns`, where there are any. A text is one of `allowed`.
    """

    name: str
    datatype: Datatype
    meaning: str
    columns: tuple[str, ...] = ()
    allowed: tuple[str, ...] = ()


class Kpi(Section):
    """What predictions are worth: every task adds the figures that its sum is made of."""

    name: str
    unit: str


class Task(Protocol):
    """What the engine has to know about a kind of prediction.

    Arrays have a row each: labels (n,) as the data has them, raw outputs of the ONNX model (n, m)
    float32, and predictions, which are (n,) or (n, k) float32 and are what is captured.
    """

    @property
    def name(self) -> str:
        """Its name for people."""
        ...

    @property
    def loss(self) -> str:
        """What families minimise: log_loss, squared_error or multiclass_log_loss."""
        ...

    @property
    def classes(self) -> tuple[str, ...]:
        """The outcomes that have names, in the order of the raw outputs; none for numbers."""
        ...

    @property
    def calibrated(self) -> bool:
        """Whether `calibrate` needs rows that a model of older rows alone has predicted."""
        ...

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """VALUE is one of them."""
        ...

    @property
    def outputs(self) -> tuple[Output, ...]:
        """What clients are told."""
        ...

    @property
    def kpi(self) -> type[Kpi]:
        """The type of the section `kpi` of objectives.yaml."""
        ...

    def wrong_kpi(self, kpi: Any) -> str:
        """Say in a sentence why a KPI is none of this task's; nothing when it is."""
        ...

    def fits(self, labels: Array) -> Array:
        """Tell which labels are of this task (n,)."""
        ...

    def wrong_labels(self, labels: Array) -> str:
        """Say in a sentence which labels are none of this task's; nothing when all are."""
        ...

    def numbers(self, labels: Array) -> Array:
        """Return the numbers (n,) that a family learns: of a class, its place in `classes`."""
        ...

    def outcomes(self, labels: Array) -> Array:
        """Return counts or sums of fixed shape that say what the labels hold; see `tally`."""
        ...

    def unjudged(self, outcomes: Array, minimum: int = 1) -> str:
        """Say in a sentence why labels with these `outcomes` cannot judge; nothing when they can.

        `minimum` is how many rows there must be, of each outcome if outcomes are few.
        """
        ...

    def calibrate(self, labels: Array, raw: Array, kpi: Any) -> dict[str, Any]:
        """Return the decision: the numbers by which raw outputs become predictions and answers.

        It is learned on rows that the model has not been fitted on.
        """
        ...

    def predictions(self, raw: Array, decision: dict[str, Any]) -> Array:
        """Return the predictions in the raw outputs of a model."""
        ...

    def columns(self, predictions: Array) -> dict[str, Array]:
        """Return the predictions as columns (n,) whose drift is measured, by name."""
        ...

    def answer(self, predictions: Array, decision: dict[str, Any]) -> dict[str, list[Any]]:
        """Return what clients are told, a list for each of `outputs`."""
        ...

    def explained(self, predictions: Array) -> dict[str, Array]:
        """Return the numbers (n,) of an answer that are explained input by input, by name."""
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
