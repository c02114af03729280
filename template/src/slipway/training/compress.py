"""The smallest model that answers almost as well and as fast, chosen behind gates."""

from collections.abc import Iterator
from time import perf_counter
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ..bundle import open_session, run
from ..contract.compression import Candidate
from ..contract.manifest import FULL
from ..evaluate import figures
from ..families import Compressed
from ..features import Array, Matrix
from ..objectives import Objectives

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

LATENCY_CALLS = 100
NOISE_SHARE, NOISE_SECONDS = 0.1, 5e-6  # a model is slower by more than both


class Choice(NamedTuple):
    """The model to release, and every candidate with the full model first."""

    recipe: str
    onnx_bytes: bytes
    candidates: list[Candidate]


class Judge:
    """Holds every model against the full one on held-out features (m, k) with labels (m,)."""

    def __init__(
        self,
        full: bytes,
        features: Matrix,
        labels: Array,
        decision: dict[str, Any],
        targets: Objectives,
    ) -> None:
        self.features = features
        self.decision = decision
        self.labels = labels
        self.targets = targets
        self.full = open_session(full)
        self.reference = self._predictions(self.full)
        self.reference_quality = self._quality(self.reference)

    def candidate(self, model: Compressed) -> Candidate:
        """Measure one model."""
        session = open_session(model.onnx_bytes)
        predictions = self._predictions(session)
        quality = self._quality(predictions)
        disagreement = self.targets.task.disagreement(predictions, self.reference)
        loss = self.targets.quality_metric.loss(quality, self.reference_quality)
        budget = self.targets.compression
        return Candidate(
            recipe=model.recipe,
            bytes=len(model.onnx_bytes),
            quality=quality,
            disagreement=disagreement,
            p50_us_1_row=_latency(session, self.features[:1]),
            p50_us_64_rows=_latency(session, self.features[:64]),
            slower=_slower(session, self.full, self.features[:1]),
            passed=loss <= budget.quality_loss_maximum
            and disagreement <= budget.disagreement_maximum,
        )

    def _predictions(self, session: "InferenceSession") -> Array:
        return self.targets.task.predictions(run(session, self.features), self.decision)

    def _quality(self, predictions: Array) -> float:
        return figures(self.labels, predictions, self.targets)[self.targets.quality]


def choose(
    full: bytes,
    smaller: Iterator[Compressed],
    features: Matrix,
    labels: Array,
    decision: dict[str, Any],
    targets: Objectives,
) -> Choice:
    """Choose the smallest model that passes the gates; the full one when no other does.

    Held-out `features` (m, k) with `labels` (m,) judge. A model that needs longer for one row than
    the full one is not taken: 8-bit numbers save bytes, and may cost time. The same data gives the
    same choice on any machine where the same models are slower.
    """
    judge = Judge(full, features, labels, decision, targets)
    models = [Compressed(FULL, full), *smaller]
    candidates = [judge.candidate(model) for model in models]
    passed = [
        index
        for index, candidate in enumerate(candidates)
        if index == 0 or (candidate.passed and not candidate.slower)
    ]
    best = min(passed, key=lambda index: candidates[index].bytes)
    return Choice(*models[best], candidates)


def _latency(session: "InferenceSession", features: Matrix) -> float:
    """Return the median of LATENCY_CALLS calls in microseconds."""
    seconds = [_seconds(session, features) for _ in range(LATENCY_CALLS)]
    return round(float(np.median(seconds)) * 1e6, 1)


def _slower(session: "InferenceSession", full: "InferenceSession", features: Matrix) -> bool:
    """Tell whether a model needs clearly longer than the full one.

    Both are called in turn, and the fastest calls compared: what else the machine does makes a
    call slower, never faster.
    """
    pairs = [(_seconds(session, features), _seconds(full, features)) for _ in range(LATENCY_CALLS)]
    own, reference = (min(seconds) for seconds in zip(*pairs, strict=True))
    return bool(own - reference > max(NOISE_SECONDS, NOISE_SHARE * reference))


def _seconds(session: "InferenceSession", features: Matrix) -> float:
    start = perf_counter()
    run(session, features)
    return perf_counter() - start
