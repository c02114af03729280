"""The six steps of the training pipeline: plain functions from directories to directories.

Each runs in a process or pod of its own: it relies on its arguments, the settings and
objectives.yaml, and on nothing else. Imports are local so that each process starts fast.
"""

import io
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from .. import logs, project
from ..bundle import MODEL_FILE, write
from ..contract.metrics import Metrics
from ..errors import ProjectError
from ..files import write_bytes
from ..objectives import objectives

if TYPE_CHECKING:
    import polars as pl


@logs.step
def ingest(as_of: date, output: Path) -> None:
    """Read what is known at `as_of` into features.parquet and labels.parquet, and snapshot it.

    Raises:
        ProjectError: The source has no rows, or the snapshot cannot be stored.
    """
    from ..training_data import snapshot
    from .rows import FEATURES_FILE, LABELS_FILE
    from .window import window

    start, _, end = window(as_of)
    source = project.source()
    features = source.read_features(start, end)
    if features.is_empty():
        first, last = source.available()
        raise ProjectError(
            f"The source has no rows of {start} to {end}: it holds {first} to {last}, choose "
            "another --as-of."
        )
    _write_frame(output / FEATURES_FILE, features)
    _write_frame(output / LABELS_FILE, source.read_labels(start, end, as_of))
    identity = snapshot.take(output)
    write_bytes(output / "snapshot.json", identity.as_text().encode())
    logs.span.note(snapshot=identity.digest[:12])
    _say(f"{identity.rows} rows of {start} to {end}, snapshot {identity.digest[:12]}")


@logs.step
def validate(as_of: date, data: Path, output: Path) -> None:
    """Write train.parquet, holdout.parquet, inputs.json, and the rows left out and why."""
    from ..schema import input_specs
    from .rows import outcomes, split, weak_points
    from .window import window

    day = window(as_of).split
    parts = split(data, day)
    _write_frame(output / "train.parquet", parts.train)
    _write_frame(output / "holdout.parquet", parts.holdout)
    _write_frame(output / "quarantine.parquet", parts.bad)
    _write_json(output / "quarantine.json", parts.counts)
    _write_json(output / "inputs.json", input_specs())
    write_bytes(output / "snapshot.json", (data / "snapshot.json").read_bytes())
    counts = (
        f"{len(parts.train)} rows to train, {len(parts.holdout)} to judge, {len(parts.bad)} bad"
    )
    _say("; ".join([counts, *outcomes(parts), *weak_points(parts, day)]))


@logs.step
def train(rows: Path, output: Path) -> None:
    """Fit on train.parquet; write encoder, parameters, model.onnx and the family's own files.

    decision.json is what the task has learned, nothing if it learns that of the final model. A fit
    that was interrupted goes on where it was.
    """
    from ..settings import settings
    from ..training_data.columns import read_columns
    from .fitting import decision, fit

    family = project.model()
    columns = read_columns(rows / "train.parquet")
    output.mkdir(parents=True, exist_ok=True)
    _write_json(output / "decision.json", decision(columns))
    encoder, data, words = fit(columns, output, settings().checkpoints)
    _write_json(output / "encoder.json", encoder)
    _write_json(output / "parameters.json", family.parameters)
    write_bytes(output / MODEL_FILE, family.export(data, output))
    _say(f"{words} on {len(data.labels)} rows")


@logs.step
def compress(rows: Path, fitted: Path, output: Path) -> None:
    """Write the smallest model that passes the gates, its recipe, and all that were tried."""
    from ..schema import LABEL
    from ..training_data.columns import read_columns
    from .compress import choose
    from .fitting import training_rows

    encoder, transformation = _encoder(fitted), project.features()
    training, holdout = (read_columns(rows / f"{part}.parquet") for part in ("train", "holdout"))
    taught = training_rows(transformation.transform(training, encoder), training[LABEL])
    choice = choose(
        (fitted / MODEL_FILE).read_bytes(),
        project.model().compressions(taught, fitted),
        transformation.transform(holdout, encoder),
        holdout[LABEL],
        msgspec.json.decode((fitted / "decision.json").read_bytes()),
        objectives(),
    )
    write_bytes(output / MODEL_FILE, choice.onnx_bytes)
    _write_json(output / "recipe.json", choice.recipe)
    _write_json(output / "compression.json", choice.candidates)
    _say(f"{choice.recipe}, {len(choice.onnx_bytes)} bytes of {choice.candidates[0].bytes}")


@logs.step
def evaluate(as_of: date, rows: Path, fitted: Path, compressed: Path, output: Path) -> Metrics:
    """Judge the chosen model on holdout.parquet, write its bundle, and return the metrics."""
    from .describe import describe

    manifest = describe(as_of, rows, fitted, compressed)
    write(output, (compressed / MODEL_FILE).read_bytes(), manifest)
    metrics = manifest.metrics
    shown = [f"{metric.title} {metric.show(metrics.values[metric.name])}" for metric in _compared()]
    _say(", ".join(shown))
    return metrics


@logs.step
def register(bundle: Path, pipeline_digest: str = "", run: str = "") -> int:
    """Register the bundle, once however often this runs, and return the version's number."""
    from ..registry import register as register_bundle

    version = register_bundle(bundle, pipeline_digest, run)
    _say(f"{version.name} v{version.number}, model {version.model_digest[:12]}")
    return version.number


def _encoder(fitted: Path) -> Any:
    encoder = (fitted / "encoder.json").read_bytes()
    return msgspec.json.decode(encoder, type=project.features().Encoder)


def _compared() -> list[Any]:
    """Return the metrics that say whether a model is good."""
    return [metric for metric in objectives().task.metrics if metric.better]


def _write_frame(path: Path, frame: "pl.DataFrame") -> None:
    content = io.BytesIO()
    frame.write_parquet(content)
    write_bytes(path, content.getvalue())


def _write_json(path: Path, value: Any) -> None:
    write_bytes(path, msgspec.json.encode(value, order="deterministic"))


def _say(result: str) -> None:
    """Tell a step's result in one line that the local runner shows."""
    logs.tell(f"-> {result}")
