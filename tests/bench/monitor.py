"""Cost of the monitor by the number of captured rows, and of one more day.

`make bench-monitor` captures made-up months of 30 days, watches them, each size in a process of its
own, and prints rows, bytes a row, CPU seconds and peak memory. A hundred million rows are ten
months whose days are the same files. With `--against`, the Python of an environment that has
evidently, the first size is measured with pandas and evidently as well.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from datetime import date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import polars as pl

from slipway import captured, memory, project, registry, store
from slipway.bundle import Model, load
from slipway.contract.captured import PREDICTION, Answerer
from slipway.monitor import models
from slipway.monitor.month import add_up
from slipway.objectives import objectives
from slipway.schema import LABEL, key_name, time_name
from slipway.settings import settings

from .serving import train

DAYS = 30
OBJECT_ROWS = 10_000  # as a busy server writes them
MONTH_ROWS = 10_000_000  # at most; more rows are more months
SECONDS_A_MILLION, MEGABYTES, ROW_BYTES = 1.0, 400, 40
AS_OF = date(2031, 1, 1)
HEAD = f"{'rows':>16}{'bytes a row':>13}{'CPU s':>9}{'a million':>11}{'peak MB':>9}"


def main() -> None:
    """Print the table; exit with 1 when a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="*", default=[1_000_000, 10_000_000, 100_000_000])
    parser.add_argument("--against", type=Path, help="Python with pandas and evidently")
    parser.add_argument("--watch", nargs="*", help="months to watch in this process")
    asked = parser.parse_args()
    if asked.watch:
        print(json.dumps(watch(asked.watch)))
        return
    met = True
    with tempfile.TemporaryDirectory() as name:
        model = registered(Path(name))
        print(HEAD, flush=True)
        for rows in asked.rows:
            met &= measure(model, Path(name) / str(rows), rows)
        if asked.against:
            others(asked.against, Path(name) / str(asked.rows[0]), asked.rows[0])
    print(
        f"targets {SECONDS_A_MILLION} CPU s a million new rows, {MEGABYTES} MB and {ROW_BYTES} "
        f"bytes a row: {'met' if met else 'missed'}"
    )
    sys.exit(not met)


def registered(directory: Path) -> Model:
    """Train a model, and register it where the watching processes look for it."""
    bundle = train(directory)
    registry.register(bundle)
    return load(bundle)


def measure(model: Model, place: Path, rows: int) -> bool:
    """Capture so many rows and watch them, then a day more; tell whether the targets are met."""
    month_rows = min(rows, MONTH_ROWS)
    months = [f"20{year}-01" for year in range(20, 20 + rows // month_rows)]
    size = capture(model, place, months, month_rows // DAYS)
    whole = watched(place, months)
    met = show(f"{rows:,}", whole, rows, size)
    day = place / "captures" / months[0]
    (day / f"{DAYS + 1}").symlink_to(day / "01")
    again = watched(place, months[:1])
    return show("and a day", again, month_rows // DAYS, size) and met


def capture(model: Model, place: Path, months: list[str], day_rows: int) -> float:
    """Write a month of captures and labels; the others are the same. Return the bytes of a row."""
    size = 0
    for day in range(1, DAYS + 1):
        rows = made_up(model, date(2020, 1, day), day_rows)
        (place / "labels").mkdir(parents=True, exist_ok=True)
        key = key_name(model.manifest.inputs)
        late = np.random.default_rng(day).random(day_rows) < rows[PREDICTION].to_numpy()
        labels = rows.select(key).with_columns(pl.Series(LABEL, late.astype(np.int8)))
        labels.write_parquet(place / "labels" / f"{day}.parquet")
        opened = store.connect(str(place / "captures"))
        for number, part in enumerate(rows.iter_slices(OBJECT_ROWS)):
            captured.keep(opened, part, time_name(model.manifest.inputs), str(number))
    for month in months[1:]:
        (place / "captures" / month).symlink_to(place / "captures" / months[0])
    size = sum(path.stat().st_size for path in (place / "captures" / months[0]).glob("*/*"))
    return size / (day_rows * DAYS)


def made_up(model: Model, day: date, rows: int) -> pl.DataFrame:
    """Return captured rows of a day: keys are random, other inputs those of the source."""
    generator = np.random.default_rng(day.day)
    known = project.source().read_features(*project.source().available())
    inputs = known.sample(rows, with_replacement=True, seed=day.day)
    minutes = np.sort(generator.integers(0, 24 * 60, rows))
    keys = pl.Series(generator.bytes(16 * rows).hex(" ", 16).split(" "), dtype=pl.String)
    clock = datetime(day.year, day.month, day.day).timestamp() * 1000
    return captured.table(
        model.manifest.inputs,
        inputs.with_columns(
            keys.alias(key_name(model.manifest.inputs)),
            (pl.lit(day).cast(pl.Datetime("ms")) + pl.Series(minutes) * timedelta(minutes=1)).alias(
                time_name(model.manifest.inputs)
            ),
        ),
        generator.beta(2, 6, rows).astype(np.float32),
        Answerer(model.model_digest, model.manifest_digest),
        [f"{day.day:016x}{number:016x}" for number in range(rows)],
        np.sort(generator.integers(0, 24 * 3600 * 1000, rows)) + int(clock),
    )


def others(python: Path, place: Path, rows: int) -> None:
    """Print what pandas and evidently take for the first month of a size."""
    reference = place / "reference.parquet"
    project.source().read_features(*project.source().available()).write_parquet(reference)
    month = min(path.name for path in (place / "captures").iterdir())
    program = Path(__file__).with_name("pandas_month.py")
    words = map(str, (python, program, place, month, reference))
    ended = subprocess.run([*words], capture_output=True, text=True, check=False)
    if ended.returncode:
        sys.exit(ended.stderr)
    found = json.loads(ended.stdout.splitlines()[-1])
    show("evidently", found, rows, 0)


def watched(place: Path, months: list[str]) -> dict[str, float]:
    """Watch months in a process of its own, and return its CPU seconds and peak memory."""
    command = [sys.executable, "-m", "tests.bench.monitor", "--watch", *months]
    variables = {**os.environ, memory.VARIABLE: memory.GIVE_BACK, "CAPTURE_STORE": str(place)}
    ended = subprocess.run(command, env=variables, capture_output=True, text=True, check=False)
    if ended.returncode:
        sys.exit(ended.stderr)
    found: dict[str, float] = json.loads(ended.stdout.splitlines()[-1])
    return found


def watch(months: list[str]) -> dict[str, float]:
    """Add up months, and return what it cost; to find the model in the registry is paid before."""
    newest = registry.newest()
    models.served(Answerer(newest.model_digest, newest.manifest_digest))
    place = Path(settings().captures)
    labels = SimpleNamespace(read_labels=lambda *asked: read_labels(place / "labels", *asked))
    project.source = lambda: labels
    targets = objectives()
    start = time.process_time()
    for month in months:
        seen = add_up(month, str(place / "captures"), str(place / "kept"), AS_OF, targets)
        assert seen is not None
        assert seen.whole.labelled == seen.whole.rows
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    return {"seconds": time.process_time() - start, "megabytes": peak}


def read_labels(directory: Path, start: date, end: date, _: date) -> pl.DataFrame:
    """Return the labels of [start, end): those of the days of the month, whatever the month."""
    days = [(start + timedelta(days=number)).day for number in range((end - start).days)]
    return pl.concat(
        pl.read_parquet(directory / f"{day if day <= DAYS else 1}.parquet") for day in days
    )


def show(title: str, found: dict[str, float], rows: int, size: float) -> bool:
    """Print a line of the table and tell whether it meets the targets."""
    a_million = found["seconds"] / rows * 1e6
    told = f"{size:.1f}" if size else ""
    print(
        f"{title:>16}{told:>13}{found['seconds']:9.2f}{a_million:11.2f}{found['megabytes']:9.0f}",
        flush=True,
    )
    return a_million <= SECONDS_A_MILLION and found["megabytes"] <= MEGABYTES and size <= ROW_BYTES


if __name__ == "__main__":
    main()
