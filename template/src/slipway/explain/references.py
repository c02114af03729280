"""Made-up rows that look like the training's column by column, to hold an answer against.

They are drawn from the counts in a model's manifest, each column by itself: no training row is
kept or told. As in a Latin hypercube, each value stands for an equal share of the training rows.
"""

from typing import Any

import numpy as np

from ..contract.baseline import CategoryBaseline, ColumnBaseline, NumberBaseline
from ..contract.inputs import InputSpec
from ..contract.manifest import Manifest
from ..features import Array

ROWS = 16
DTYPES = {"BOOL": bool, "BYTES": object, "INT64": np.int64, "FP32": np.float32}


def build(manifest: Manifest) -> dict[str, Array]:
    """Return the columns (ROWS,) of all inputs but the key."""
    specs = [spec for spec in manifest.inputs if spec.role != "key"]
    columns = {}
    for position, spec in enumerate(specs):
        strata = np.random.RandomState(position).permutation(ROWS)  # a frozen stream
        shares = (strata + 0.5) / ROWS
        columns[spec.name] = _column(spec, manifest, shares)
    return columns


def _column(spec: InputSpec, manifest: Manifest, shares: Array) -> Array:
    baseline = manifest.baseline.features[spec.name]
    values = [_value(baseline, share) for share in shares.tolist()]
    if spec.role == "time":
        return _times(manifest, values)
    if spec.datatype in ("BOOL", "INT64"):
        values = [value if value == value else 0 for value in values]
    return np.array(values, dtype=DTYPES[spec.datatype])


def _value(baseline: ColumnBaseline, share: float) -> Any:
    """Return the value below which a share of the training rows lies, or a category's name."""
    if isinstance(baseline, CategoryBaseline):
        names: list[Any] = [*baseline.categories, None]
        counts = [*baseline.counts[:-1], baseline.missing]  # no name is known of the others
    else:
        names, counts = _numbers(baseline), [*baseline.counts, baseline.missing]
    total = sum(counts)
    place = int(np.searchsorted(np.cumsum(counts), share * total, side="right"))
    return names[min(place, len(names) - 1)]


def _numbers(baseline: NumberBaseline) -> list[Any]:
    """Return a value a bin, its upper edge, and NaN for the missing; above the last edge, that."""
    edges = baseline.edges or [float("nan")]
    return [*baseline.edges, edges[-1], float("nan")]


def _times(manifest: Manifest, hours: list[Any]) -> Array:
    """Return hours of the day on days spread over the training's window."""
    start, end = (
        np.datetime64(day, "m") for day in (manifest.training.start, manifest.training.end)
    )
    days = (end - start).astype(np.int64) // (24 * 60)
    offsets = [
        row * days // len(hours) * 24 * 60 + int(60 * (0 if hour != hour else hour))
        for row, hour in enumerate(hours)
    ]
    return start + np.array(offsets, dtype="timedelta64[m]")
