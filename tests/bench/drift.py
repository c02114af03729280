"""Cost of the drift monitor on wide, long data, beside scipy and evidently in the same run.

`make bench-drift` prints CPU seconds; each figure is the best of three, evidently's of one.
"""

import argparse
import importlib.util
import sys
import time
from collections.abc import Callable

import numpy as np
from scipy.spatial.distance import jensenshannon
from scipy.stats import ks_2samp

from slipway.contract.baseline import Baseline
from slipway.features import Array
from slipway.monitor.baseline import build_baseline, count
from slipway.monitor.drift import DriftReport, compare
from slipway.objectives import objectives

NUMBERS, CATEGORIES = 16, 4
TARGET_SECONDS = 1.0
HOW_TO_EVIDENTLY = """
evidently is not here and needs an older pandas than other packages. To measure it as well:
  uv venv /tmp/evidently
  uv pip install --python /tmp/evidently -r template/images/pipeline/requirements.txt
  uv pip install --no-config --python /tmp/evidently evidently 'pandas<3'
  /tmp/evidently/bin/python -m tests.bench.drift"""

Columns = dict[str, Array]


def main() -> None:
    """Print the table; exit with 1 when the comparison misses its target."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    rows = parser.parse_args().rows
    reference, current = make(rows, seed=1), make(rows, seed=2)
    predictions = {"prediction": np.random.default_rng(3).random(rows, dtype=np.float32)}
    baseline = build_baseline(reference, predictions)
    built = cpu_seconds(lambda: build_baseline(reference, predictions))
    own = cpu_seconds(lambda: drift(baseline, current, predictions))
    others = cpu_seconds(lambda: scipy_drift(reference, current))
    print(f"{rows:,} rows x {NUMBERS + CATEGORIES} columns {'CPU s':>10} {'ratio':>8}")
    show("compare with a stored baseline", own, own)
    show("build the baseline, once a training", built, own)
    show("scipy: KS of numbers, JS of all", others, own)
    if importlib.util.find_spec("evidently"):
        show("evidently: data drift preset", evidently_seconds(reference, current), own)
    else:
        print(HOW_TO_EVIDENTLY)
    print(f"target {TARGET_SECONDS:.1f} s: {'met' if own <= TARGET_SECONDS else 'missed'}")
    sys.exit(own > TARGET_SECONDS)


def drift(baseline: Baseline, columns: Columns, predictions: Columns) -> DriftReport:
    """Return how far columns are from a baseline."""
    features = count(baseline.features, columns)
    predicted = count(baseline.predictions, predictions)
    return compare(baseline, features, predicted, objectives().monitoring)


def make(rows: int, seed: int) -> Columns:
    """Return normal numbers and skewed categories; the second half drifts with the seed."""
    generator = np.random.default_rng(seed)
    names = np.array([f"category-{index}" for index in range(50)], dtype=object)
    columns: Columns = {}
    for index in range(NUMBERS):
        moved = 0.2 * seed * (index >= NUMBERS // 2)
        columns[f"number_{index}"] = generator.normal(moved, 1, rows).astype(np.float32)
    for index in range(CATEGORIES):
        chosen = generator.geometric(0.1, rows) % len(names)
        columns[f"category_{index}"] = names[chosen]
    return columns


def cpu_seconds(call: Callable[[], object], repeats: int = 3) -> float:
    """Return the least process time of `repeats` calls."""
    best = float("inf")
    for _ in range(repeats):
        start = time.process_time()
        call()
        best = min(best, time.process_time() - start)
    return best


def scipy_drift(reference: Columns, current: Columns) -> list[float]:
    """Return what a monitor without a baseline computes from both data sets."""
    distances = []
    for name, before in reference.items():
        now = current[name]
        if before.dtype.kind == "f":
            distances.append(ks_2samp(before, now, method="asymp").statistic)
            edges = np.quantile(before, np.linspace(0, 1, 21))
            counts = [np.histogram(column, edges)[0] for column in (before, now)]
        else:
            values = np.unique(before)
            counts = [np.searchsorted(values, column) for column in (before, now)]
            counts = [np.bincount(column, minlength=len(values) + 1) for column in counts]
        distances.append(jensenshannon(*counts, base=2))
    return distances


def evidently_seconds(reference: Columns, current: Columns) -> float:
    """Return the CPU seconds of evidently's preset, without the conversion to pandas."""
    import pandas as pd
    from evidently import Report
    from evidently.presets import DataDriftPreset

    frames = pd.DataFrame(current), pd.DataFrame(reference)
    return cpu_seconds(lambda: Report([DataDriftPreset()]).run(*frames), repeats=1)


def show(title: str, seconds: float, own: float) -> None:
    print(f"{title:36} {seconds:9.2f} {seconds / own:7.1f}x")


if __name__ == "__main__":
    main()
