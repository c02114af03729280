"""What both routes share: score a batch, count it, keep it for the monitor."""

from typing import NamedTuple

from ..bundle import Model
from .capture import Capture
from .inputs import Batch, Inputs
from .telemetry import Metrics


class Answer(NamedTuple):
    """Probability of the event and whether to act on it, one value a row."""

    probability: list[float]
    act: list[bool]


class Scorer:
    """One verified model with what counts and keeps its predictions."""

    def __init__(
        self, model: Model, version: str, metrics: Metrics, capture: Capture | None
    ) -> None:
        self.model = model
        self.name = model.manifest.name
        self.version = version
        self.inputs = Inputs(model.manifest.inputs)
        self.threshold = model.manifest.threshold
        self.metrics = metrics
        self.capture = capture
        metrics.model.labels(self.name, version, model.model_digest).set(1)

    def score(self, batch: Batch, request_id: str) -> Answer:
        """Return the answer for each row of `batch`; `request_id` is what it is kept under."""
        probability: list[float] = self.model.predict(batch.columns).tolist()
        act = [value >= self.threshold for value in probability]
        self.metrics.predictions.inc(len(act))
        self.metrics.actions.inc(sum(act))
        if self.capture is not None:
            self.capture.put(request_id, batch, probability)
        return Answer(probability, act)
