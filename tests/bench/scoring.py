"""Cost of scoring a table: rows a second, CPU seconds and peak memory, at two sizes in one run.

`make bench-scoring` trains a model and writes tables of made-up rows, each scored from a Parquet
file in a process of its own. Linux only: it reads the peak of a child process.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import polars as pl

from slipway import bundle, project
from slipway.command import outside_hooks
from slipway.contract.release import Release
from slipway.release import record

from .serving import train

BLOCK = 1_000_000  # rows that are made at once
MEGABYTES_MAXIMUM = 1000
PROGRAM = """
import resource, sys
from slipway.scoring import run
run.main("prod", file=sys.argv[1])
used = resource.getrusage(resource.RUSAGE_SELF)
print(used.ru_utime + used.ru_stime, used.ru_maxrss)
"""


class Cost(NamedTuple):
    """What one scoring took."""

    rows: int
    seconds: float
    cpu_seconds: float
    megabytes: float


def main() -> None:
    """Print the table; exit with 1 when memory grows beyond its limit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[1_000_000, 10_000_000])
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        release(train(root), root)
        costs = [score(make(rows, root), rows, root) for rows in asked.rows]
    print(f"{'rows':>12}{'rows/s':>10}{'s':>8}{'CPU s':>8}{'CPU us/row':>12}{'peak MB':>9}")
    for cost in costs:
        micro = cost.cpu_seconds / cost.rows * 1e6
        print(
            f"{cost.rows:12,}{cost.rows / cost.seconds:10,.0f}{cost.seconds:8.1f}"
            f"{cost.cpu_seconds:8.1f}{micro:12.2f}{cost.megabytes:9.0f}"
        )
    most = max(cost.megabytes for cost in costs)
    met = most <= MEGABYTES_MAXIMUM
    print(f"target {MEGABYTES_MAXIMUM} MB: {'met' if met else 'missed'}")
    sys.exit(not met)


def release(made: Path, root: Path) -> None:
    """Make a project at `root` whose prod has released the model."""
    model = bundle.load(made)
    digests = model.model_digest, model.manifest_digest
    name = model.manifest.name
    released = Release(name, "1", f"models:/{name}/1", *digests, "", "", "", "")
    path = root / record.location("prod")
    path.parent.mkdir(parents=True)
    path.write_text(record.dump(released))
    here = Path(os.environ["PROJECT_ROOT"])
    for file in ("objectives.yaml", "pyproject.toml"):
        (root / file).write_bytes((here / file).read_bytes())
    place = root / "var" / "serving" / model.model_digest
    place.parent.mkdir(parents=True, exist_ok=True)
    made.rename(place)


def make(rows: int, root: Path) -> Path:
    """Write a table of rows drawn from the source, each with a key of its own; oldest first."""
    source = project.source()
    drawn = source.read_features(*source.available())
    blocks = []
    for start in range(0, rows, BLOCK):
        count = min(BLOCK, rows - start)
        block = drawn.sample(count, with_replacement=True, seed=start).with_columns(
            pl.format("{}", pl.int_range(start, start + count)).alias(drawn.columns[0])
        )
        blocks.append(root / f"block-{start:010}.parquet")
        block.sort(drawn.columns[1]).write_parquet(blocks[-1])
    path = root / f"{rows}.parquet"
    pl.scan_parquet(blocks).sink_parquet(path)
    for block_path in blocks:
        block_path.unlink()
    return path


def score(table: Path, rows: int, root: Path) -> Cost:
    """Score a table in a process of its own."""
    environment = {**os.environ, "PROJECT_ROOT": str(root)}
    environment.pop("STATE_DIR")
    started = time.perf_counter()
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM, table.name],
        env=outside_hooks(environment),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    seconds = time.perf_counter() - started
    cpu_seconds, kilobytes = map(float, ended.stdout.splitlines()[-1].split())
    return Cost(rows, seconds, cpu_seconds, kilobytes / 1024)


if __name__ == "__main__":
    main()
