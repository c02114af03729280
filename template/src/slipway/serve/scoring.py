"""What both routes share: score a batch, count it, keep it for the monitor."""

from collections import Counter
from typing import Any

from ..bundle import Model
from .capture import Capture
from .inputs import Batch, Inputs
from .telemetry import Metrics


class Scorer:
    """One verified model with what counts and keeps its predictions."""

    def __init__(
        self, model: Model, version: str, metrics: Metrics, capture: Capture | None
    ) -> None:
        self.model = model
        self.name = model.manifest.name
        self.version = version
        self.inputs = Inputs(model.manifest.inputs)
        self.outputs = {output.name: output for output in model.task.outputs}
        self.flags = [name for name, output in self.outputs.items() if output.datatype == "BOOL"]
        self.classes = [name for name, output in self.outputs.items() if output.allowed]
        self.metrics = metrics
        self.capture = capture
        metrics.model.labels(self.name, version, model.model_digest).set(1)

    def score(
        self, batch: Batch, request_id: str, *, proves_release: bool = False
    ) -> dict[str, list[Any]]:
        """Return the answer to each row, by output; a client's is kept under `request_id`."""
        predictions = self.model.predict(batch.columns)
        answer = self.model.answer(predictions)
        self.metrics.predictions.inc(len(predictions))
        for name in self.flags:
            self.metrics.flagged.labels(name).inc(sum(answer[name]))
        for name in self.classes:
            for value, rows in Counter(answer[name]).items():
                self.metrics.classified.labels(name, value).inc(rows)
        if self.capture is not None and not proves_release:
            self.capture.put(request_id, batch, predictions.tolist())
        return answer
