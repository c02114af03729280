"""The six steps of the training pipeline: plain functions from directories to directories.

Each runs in a process or pod of its own: it relies on its arguments, the settings and
objectives.yaml, and on nothing else. Imports are local so that each process starts fast.
"""

import io
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from .bundle import MODEL_FILE, read_manifest, write
from .errors import ProjectError
from .evaluate import Metrics
from .features import KEY, TIME, transform
from .files import write_bytes
from .manifest import FULL
from .objectives import objectives

if TYPE_CHECKING:
    import polars as pl

    from .train import Parameters


class Split(NamedTuple):
    """Labelled rows on both sides of the split, and the quarantine."""

    train: "pl.DataFrame"
    holdout: "pl.DataFrame"
    bad: "pl.DataFrame"
    counts: dict[str, int]


def ingest(as_of: date, output: Path) -> None:
    """Read what is known at `as_of` into features.parquet and labels.parquet, and snapshot it.

    Raises:
        ProjectError: The source has no rows, or the snapshot cannot be stored.
    """
    from .data import snapshot, source
    from .window import window

    start, _, end = window(as_of)
    features = source.read_features(start, end)
    if features.is_empty():
        raise ProjectError(f"The source has no rows of {start} to {end}: choose another --as-of.")
    _write_frame(output / "features.parquet", features)
    _write_frame(output / "labels.parquet", source.read_labels(start, end, as_of))
    identity = snapshot.take(output)
    write_bytes(output / "snapshot.json", identity.as_text().encode())
    _say(f"{identity.rows} rows of {start} to {end}, snapshot {identity.digest[:12]}")


def split(data: Path, as_of: date) -> Split:
    """Separate good rows of a snapshot from bad ones, join labels, and split by date.

    Raises:
        ProjectError: The data break the schema as a whole, or a part has no labelled rows.
    """
    import polars as pl

    from .data import quarantine
    from .window import window

    good, bad, counts = quarantine.split(pl.read_parquet(data / "features.parquet"))
    labels = quarantine.check_labels(pl.read_parquet(data / "labels.parquet"))
    rows = good.join(labels, on=KEY, maintain_order="left")
    day = window(as_of).split
    newest = pl.col(TIME).dt.date() >= day
    parts = Split(rows.filter(~newest), rows.filter(newest), bad, counts)
    if parts.train.is_empty() or parts.holdout.is_empty():
        raise ProjectError(f"No labelled rows on one side of {day}: choose another --as-of.")
    return parts


def validate(as_of: date, data: Path, output: Path) -> None:
    """Write train.parquet, holdout.parquet, inputs.json, and the rows left out and why."""
    from .data.schema import input_specs

    parts = split(data, as_of)
    _write_frame(output / "train.parquet", parts.train)
    _write_frame(output / "holdout.parquet", parts.holdout)
    _write_frame(output / "quarantine.parquet", parts.bad)
    write_bytes(output / "quarantine.json", msgspec.json.encode(parts.counts))
    write_bytes(output / "inputs.json", msgspec.json.encode(input_specs()))
    write_bytes(output / "snapshot.json", (data / "snapshot.json").read_bytes())
    _say(f"{len(parts.train)} rows to train, {len(parts.holdout)} to judge, {len(parts.bad)} bad")


def train(rows: Path, output: Path, parameters: "Parameters | None" = None) -> None:
    """Fit on train.parquet; write booster.txt, encoder.json, parameters.json and model.onnx."""
    from .data.columns import read_columns
    from .export import to_onnx
    from .train import PARAMETERS, fit

    chosen = PARAMETERS if parameters is None else parameters
    columns = read_columns(rows / "train.parquet")
    booster, encoder = fit(columns, columns["label"], chosen)
    write_bytes(output / "booster.txt", booster.model_to_string().encode())
    write_bytes(output / "encoder.json", msgspec.json.encode(encoder, order="deterministic"))
    write_bytes(output / "parameters.json", msgspec.json.encode(chosen))
    write_bytes(output / MODEL_FILE, to_onnx(booster))
    _say(f"{booster.num_trees()} trees on {len(columns['label'])} rows")


def evaluate(as_of: date, rows: Path, fitted: Path, output: Path) -> Metrics:
    """Judge the model on holdout.parquet, write its bundle, and return the metrics."""
    from .describe import describe

    onnx_bytes = (fitted / MODEL_FILE).read_bytes()
    manifest = describe(as_of, rows, fitted, onnx_bytes, FULL)
    write(output, onnx_bytes, manifest)
    found = manifest.metrics
    _say(f"AUC {found.auc:.3f}, calibration error {found.calibration_error:.3f}")
    return found


def compress(rows: Path, fitted: Path, full: Path, output: Path) -> None:
    """Write the bundle of the smallest model that passes the gates, and compression.json."""
    from . import compress as compression
    from .data.columns import read_columns
    from .describe import describe
    from .train import load_booster

    manifest = read_manifest(full)
    training, holdout = (read_columns(rows / f"{part}.parquet") for part in ("train", "holdout"))
    choice = compression.compress(
        load_booster((fitted / "booster.txt").read_text()),
        transform(training, manifest.encoder),
        transform(holdout, manifest.encoder),
        holdout["label"],
        objectives().compression,
    )
    if choice.recipe != FULL:
        as_of = date.fromisoformat(manifest.as_of)
        manifest = describe(as_of, rows, fitted, choice.onnx_bytes, choice.recipe)
    write(output, choice.onnx_bytes, manifest)
    write_bytes(output / "compression.json", msgspec.json.encode(choice.candidates))
    _say(f"{choice.recipe}, {manifest.model.bytes} bytes of {choice.candidates[0].bytes}")


def register(compressed: Path, pipeline_digest: str = "") -> int:
    """Register the bundle, once however often this runs, and return the version's number."""
    from .registry import register as register_bundle

    version = register_bundle(compressed, pipeline_digest)
    _say(f"{version.name} v{version.number}, model {version.model_digest[:12]}")
    return version.number


def _write_frame(path: Path, frame: "pl.DataFrame") -> None:
    content = io.BytesIO()
    frame.write_parquet(content)
    write_bytes(path, content.getvalue())


def _say(result: str) -> None:
    """Print a step's result in one line that the local runner shows."""
    print(f"-> {result}", flush=True)
