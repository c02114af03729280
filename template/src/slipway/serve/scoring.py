"""What both routes share: score a batch, count it, keep it for the monitor."""

from collections import Counter
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from starlette.exceptions import HTTPException

from ..bundle import Model
from ..explain.contributions import Contributions, Explainer
from ..features import Array, rows_not_finite
from ..logs.span import part
from . import distribution
from .capture import Capture
from .explanations import ROWS_MAXIMUM
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
        self.distributions = distribution.of_predictions(model.manifest.baseline)
        self.capture = capture
        for distributed in self.distributions.values():
            metrics.registry.register(distributed)
        end = datetime.fromisoformat(model.manifest.training.end).replace(tzinfo=UTC)
        metrics.trained_until.set(end.timestamp())
        metrics.model.labels(self.name, version, model.model_digest).set(1)

    @cached_property
    def explainer(self) -> Explainer:
        """What explains answers, made when the first client asks for it."""
        return Explainer(self.model)

    def explain(self, batch: Batch) -> Contributions:
        """Return what each input adds to each answer; nothing of it is counted or kept.

        Raises:
            HTTPException: 400, more rows than are explained at once.
        """
        if len(batch.keys) > ROWS_MAXIMUM:
            raise HTTPException(
                400,
                f"explain: {len(batch.keys)} rows are too many, give at most {ROWS_MAXIMUM} in a "
                "request.",
            )
        return self.explainer.explain(batch.columns)

    def score(
        self, batch: Batch, request_id: str, *, proves_release: bool = False
    ) -> dict[str, list[Any]]:
        """Return the answer to each row, by output; a client's is kept under `request_id`.

        Raises:
            HTTPException: 500, the model answers with what is no finite number.
        """
        with part("score", rows=len(batch.keys), model=self.model.model_digest[:12]):
            predictions = self.model.predict(batch.columns)
        self._require_finite(predictions)
        answer = self.model.answer(predictions)
        self._count(predictions, answer)
        if self.capture is not None and not proves_release:
            self.capture.put(request_id, batch, predictions.tolist())
        return answer

    def _count(self, predictions: Array, answer: dict[str, list[Any]]) -> None:
        self.metrics.predictions.inc(len(predictions))
        for name in self.flags:
            self.metrics.flagged.labels(name).inc(sum(answer[name]))
        for name in self.classes:
            for value, rows in Counter(answer[name]).items():
                self.metrics.classified.labels(name, value).inc(rows)
        columns = self.model.task.columns(predictions)
        for name, distributed in self.distributions.items():
            distributed.add(columns[name])

    def _require_finite(self, predictions: Array) -> None:
        """Answer nothing and keep nothing: JSON has no such number, and the monitor cannot add."""
        if wrong := rows_not_finite(predictions):
            self.metrics.not_finite.inc(wrong)
            raise HTTPException(
                500,
                f"the model answered {wrong} of {len(predictions)} rows with what is no finite "
                "number, so none is answered: tell the owner of the model, who can roll it back.",
            )
