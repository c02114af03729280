"""What every model must fulfil, with or without a champion."""

import time

import numpy as np

from .. import tasks
from ..bundle import Model
from ..contract.gate import Check
from ..features import Columns
from ..objectives import objectives

WARM_UP_CALLS = 20
TIMED_CALLS = 300


def limits(values: dict[str, float], latency: float) -> list[Check]:
    """Hold figures and a latency in milliseconds against the limits of objectives.yaml."""
    gate = objectives().gate
    checks = [_limit(name, values, limit, "at least") for name, limit in gate.minimum.items()]
    checks += [_limit(name, values, limit, "at most") for name, limit in gate.maximum.items()]
    slowest = gate.latency_p99_ms_maximum
    words = f"one row takes {latency:.2f} ms (asked: at most {slowest})"
    return [*checks, Check("latency_p99_ms", latency, slowest, latency <= slowest, words)]


def _limit(name: str, values: dict[str, float], limit: float, side: str) -> Check:
    metric, value = tasks.metric(objectives().task, name), values[name]
    passed = value >= limit if side == "at least" else value <= limit
    words = f"{metric.title} {metric.show(value)} (asked: {side} {metric.limit(limit)})"
    return Check(name, value, limit, passed, words)


def latency_p99_ms(model: Model, columns: Columns) -> float:
    """Return the 99th percentile of the milliseconds that a prediction of one row takes.

    Time on the processor is measured: a busy machine must not turn a good model down.
    """
    row = {name: column[:1] for name, column in columns.items()}
    times = []
    for _ in range(WARM_UP_CALLS + TIMED_CALLS):
        start = time.thread_time_ns()
        model.predict(row)
        times.append(time.thread_time_ns() - start)
    return float(np.percentile(times[WARM_UP_CALLS:], 99)) / 1e6
