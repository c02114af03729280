"""Which metrics there are, read from the code and the files that make them."""

from collections.abc import Iterator

import numpy as np
from prometheus_client.metrics import MetricWrapperBase

from ..monitor import metrics as monitor
from ..objectives import Objectives, objectives
from ..serve.distribution import Distribution
from ..serve.telemetry import Metrics
from . import exporters, rooms
from .metric import COUNTER_END, Metric

SERVER = "the server, `/metrics`"
MONITOR = "the monitor's file, `monitor-<month>.prom`"


def read() -> list[Metric]:
    """Return every metric of this project, each once.

    Raises:
        ProjectError: objectives.yaml is wrong.
    """
    targets = objectives()
    parts = (
        _server(targets),
        _monitor(targets),
        rooms.of_workflows(),
        exporters.read(),
        rooms.of_rules(),
    )
    listed = (metric for part in parts for metric in sorted(part))
    return list({(metric.source, metric.name): metric for metric in listed}.values())


def _server(targets: Objectives) -> Iterator[Metric]:
    """Yield what the server tells: of itself, its process, and the numbers that it predicts."""
    metrics = Metrics()
    for family in metrics.registry.collect():
        labels = _labels(metrics, family.name)
        end = COUNTER_END if family.type == "counter" else ""
        yield Metric(SERVER, family.name + end, family.type, labels, family.documentation)
    # as many numbers a row as any task has: only the names of the columns are looked at
    row = np.zeros((1, max(3, len(targets.task.classes) + 1)), np.float32)
    for name, values in targets.task.columns(row).items():
        if values.dtype != object:
            (family,) = Distribution(name, []).collect()
            yield Metric(SERVER, family.name, family.type, (), family.documentation)


def _labels(metrics: Metrics, family: str) -> tuple[str, ...]:
    own = (value for value in vars(metrics).values() if isinstance(value, MetricWrapperBase))
    return next((tuple(it._labelnames) for it in own if it._name == family), ())


def _monitor(targets: Objectives) -> Iterator[Metric]:
    for name, meaning in monitor.COLUMN_GAUGES.items():
        yield Metric(MONITOR, f"model_feature_{name}", "gauge", ("feature",), meaning)
    for name, meaning in monitor.meanings(targets).items():
        yield Metric(MONITOR, f"model_{name}", "gauge", (), meaning)
