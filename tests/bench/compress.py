"""What each smaller model loses and saves: quality, bytes, and CPU time of a call.

`make bench-compress` fits both families on the same rows, and prints a table in Markdown with a
line for each of their recipes.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from slipway import project
from slipway.bundle import open_session, run
from slipway.contract.manifest import FULL
from slipway.families import Compressed, Family, TrainingRows
from slipway.families.boosting import Boosting
from slipway.families.network import Network
from slipway.features import Array, Matrix
from slipway.objectives import objectives
from slipway.schema import LABEL
from slipway.training import steps
from slipway.training.compress import Judge
from slipway.training.fitting import training_rows
from slipway.training.folds import learned, out_of_fold
from slipway.training_data.columns import read_columns

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

ROWS = (1, 32, 1024)  # of a call, whose microseconds the last columns tell
CALLS = 100  # of one row in a batch, fewer of more rows


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--batches", type=int, default=15, help="the best one counts")
    batches = parser.parse_args().batches
    calls = " | ".join(f"us of {rows:,}" for rows in ROWS)
    with tempfile.TemporaryDirectory() as name:
        data, features, labels = prepare(Path(name))
        print(f"\n| model | {objectives().quality_metric.title} | disagreement | KB | {calls} |")
        print("| --- |" + " ---: |" * (3 + len(ROWS)))
        for family in (Boosting(), Network()):
            models = list(fitted(family, data, Path(name)))
            judge = Judge(models[0].onnx_bytes, features, labels, {}, objectives())
            for model in models:
                print(line(type(family).__name__, model, judge, batches), flush=True)


def prepare(directory: Path) -> tuple[TrainingRows, Matrix, Array]:
    """Return the newest parcels to fit on, and the features (m, k) and labels (m,) that judge."""
    os.environ |= {"STATE_DIR": str(directory / "var"), "SNAPSHOT_BACKEND": "directory"}
    as_of, transformation = project.source().available()[1], project.features()
    steps.ingest(as_of, directory / "data")
    steps.validate(as_of, directory / "data", directory / "rows")
    train, holdout = (
        read_columns(directory / "rows" / f"{part}.parquet") for part in ("train", "holdout")
    )
    data = training_rows(out_of_fold(transformation, train, train[LABEL]), train[LABEL])
    encoder = learned(transformation, train, train[LABEL])
    return data, transformation.transform(holdout, encoder), holdout[LABEL]


def fitted(family: Family, data: TrainingRows, directory: Path) -> Iterator[Compressed]:
    """Yield the full model of a family, and each smaller one."""
    family.fit(data, directory)
    yield Compressed(FULL, family.export(data, directory))
    yield from family.compressions(data, directory)


def line(family: str, model: Compressed, judge: Judge, batches: int) -> str:
    """Return a line of the table."""
    measured, session = judge.candidate(model), open_session(model.onnx_bytes)
    times = [cpu_us(session, judge.features[:rows], batches) for rows in ROWS]
    figures = [
        judge.targets.quality_metric.show(measured.quality),
        f"{measured.disagreement:.4f}",
        f"{measured.bytes / 1000:.1f}",
        *(f"{microseconds:,.1f}" for microseconds in times),
    ]
    return f"| {family}, {model.recipe} | " + " | ".join(figures) + " |"


def cpu_us(session: "InferenceSession", features: Matrix, batches: int) -> float:
    """Return the microseconds of a CPU that a call takes in the best of some batches of calls."""
    calls = max(3, CALLS // len(features))
    best = float("inf")
    for _ in range(batches):
        start = time.process_time_ns()
        for _ in range(calls):
            run(session, features)
        best = min(best, (time.process_time_ns() - start) / calls / 1000)
    return best


if __name__ == "__main__":
    main()
