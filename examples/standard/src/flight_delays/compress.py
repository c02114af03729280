"""Smaller models that answer almost the same: truncated or distilled boosters behind gates.

For trees this saves bytes and bulk scoring time; a single request takes about as long as before.
"""

from collections.abc import Iterator
from time import perf_counter
from typing import TYPE_CHECKING, NamedTuple

import msgspec
import numpy as np

from .bundle import open_session, run
from .evaluate import auc
from .export import to_onnx
from .features import Array
from .manifest import FULL
from .objectives import Compression
from .train import PARAMETERS, boost, load_booster, predict

if TYPE_CHECKING:
    from lightgbm import Booster
    from onnxruntime import InferenceSession

TRUNCATED_SHARES = (0.75, 0.5, 0.25)
STUDENTS = ((60, 15), (30, 31))  # (rounds, leaves)
LATENCY_CALLS = 100


class Candidate(msgspec.Struct, frozen=True):
    """One model that could be released, with what it costs and whether the gates let it pass."""

    recipe: str
    bytes: int
    auc: float
    disagreement: float
    p50_us_1_row: float
    p50_us_64_rows: float
    passed: bool


class Choice(NamedTuple):
    """The model to release, and every candidate with the full model first."""

    recipe: str
    onnx_bytes: bytes
    candidates: list[Candidate]


def compress(
    booster: "Booster", features: Array, holdout: Array, labels: Array, budget: Compression
) -> Choice:
    """Choose the smallest model that passes the gates; the full one when no other does.

    `features` (n, 12) are the training rows, `holdout` (m, 12) with `labels` (m,) judge. Latency
    is reported but decides nothing, so the same data gives the same choice on any machine.
    """
    models = list(_models(booster, features))
    teacher = run(open_session(models[0][1]), holdout)
    judged = [_judge(*model, holdout, labels, teacher, budget) for model in models]
    passed = [index for index, candidate in enumerate(judged) if candidate.passed]
    best = min(passed, key=lambda index: judged[index].bytes)
    return Choice(*models[best], judged)


def _models(booster: "Booster", features: Array) -> Iterator[tuple[str, bytes]]:
    """Yield recipe and ONNX bytes of each candidate, the full model first.

    `features` (n, 12) are training rows that students learn the teacher's answers on.
    """
    yield FULL, to_onnx(booster)
    for share in TRUNCATED_SHARES:
        rounds = max(1, int(booster.num_trees() * share))
        text = booster.model_to_string(num_iteration=rounds)
        yield f"truncate-{rounds}", to_onnx(load_booster(text))
    answers = predict(booster, features)
    for rounds, leaves in STUDENTS:
        yield f"distil-{rounds}x{leaves}", to_onnx(_student(features, answers, rounds, leaves))


def _student(features: Array, answers: Array, rounds: int, leaves: int) -> "Booster":
    """Fit a small booster to probabilities: cross-entropy takes targets between 0 and 1."""
    parameters = {
        **PARAMETERS,
        "objective": "cross_entropy",
        "num_iterations": rounds,
        "num_leaves": leaves,
        "learning_rate": 0.1,
    }
    text = boost(features, answers, parameters).model_to_string()
    # Both objectives end in the same sigmoid, but the ONNX converter knows only binary.
    text = text.replace("objective=cross_entropy\n", "objective=binary sigmoid:1\n")
    return load_booster(text.replace("[objective: cross_entropy]", "[objective: binary]"))


def _judge(
    recipe: str,
    onnx_bytes: bytes,
    holdout: Array,
    labels: Array,
    teacher: Array,
    budget: Compression,
) -> Candidate:
    session = open_session(onnx_bytes)
    answers = run(session, holdout)
    area = auc(labels, answers)
    disagreement = float(np.abs(answers.astype(np.float64) - teacher).mean())
    return Candidate(
        recipe=recipe,
        bytes=len(onnx_bytes),
        auc=area,
        disagreement=disagreement,
        p50_us_1_row=_latency(session, holdout[:1]),
        p50_us_64_rows=_latency(session, holdout[:64]),
        passed=auc(labels, teacher) - area <= budget.auc_loss_maximum
        and disagreement <= budget.disagreement_maximum,
    )


def _latency(session: "InferenceSession", features: Array) -> float:
    """Return the median of LATENCY_CALLS calls in microseconds."""
    seconds = []
    for _ in range(LATENCY_CALLS):
        start = perf_counter()
        run(session, features)
        seconds.append(perf_counter() - start)
    return round(float(np.median(seconds)) * 1e6, 1)
