"""How the predictions are spread, as Prometheus reads it: a histogram of each of their numbers."""

import re
from collections.abc import Iterator

import numpy as np
from prometheus_client.metrics_core import HistogramMetricFamily, Metric
from prometheus_client.registry import Collector
from prometheus_client.utils import floatToGoString

from ..contract.baseline import Baseline, NumberBaseline
from ..features import Array


class Distribution(Collector):
    """Counts the values of one column; a whole batch costs some microseconds.

    A bucket holds as many of the rows that the model was judged on when it was trained as any
    other: when the buckets differ now, the predictions have moved.
    """

    def __init__(self, column: str, edges: list[float]) -> None:
        self.name = re.sub(r"[^a-z0-9]+", "_", column.lower())
        self.meaning = f"Rows by {column}, in buckets that were equally full after the training."
        self.edges = np.array(edges)
        self.counts = np.zeros(len(edges) + 1, np.int64)
        self.sum = 0.0

    def add(self, values: Array) -> None:
        """Count values (n,), each in the first bucket whose edge it does not exceed."""
        places = np.searchsorted(self.edges, values)
        self.counts += np.bincount(places, minlength=len(self.counts))
        self.sum += float(values.sum(dtype=np.float64))

    def collect(self) -> Iterator[Metric]:
        """Return the histogram."""
        ends = [floatToGoString(end) for end in (*self.edges, np.inf)]  # type: ignore[no-untyped-call]
        counts = np.cumsum(self.counts).tolist()
        buckets = list(zip(ends, counts, strict=True))
        yield HistogramMetricFamily(self.name, self.meaning, buckets=buckets, sum_value=self.sum)


def of_predictions(baseline: Baseline) -> dict[str, Distribution]:
    """Return a distribution for each column of the predictions that is a number, by name."""
    return {
        name: Distribution(name, column.edges)
        for name, column in baseline.predictions.items()
        if isinstance(column, NumberBaseline)
    }
