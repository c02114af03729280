"""The manifest of a trained model: everything that others need to know about it."""

import hashlib
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from .. import project
from ..bundle import MODEL_FILE, open_session, run
from ..contract.inputs import InputSpec
from ..contract.manifest import Manifest, ModelFile, Training
from ..evaluate import measure
from ..features import Array, Columns
from ..monitor.baseline import build_baseline
from ..objectives import objectives
from ..schema import LABEL
from ..training_data import snapshot
from ..training_data.columns import read_columns
from .code import source_commit
from .window import window


def describe(as_of: date, rows: Path, fitted: Path, compressed: Path) -> Manifest:
    """Judge the chosen model on holdout.parquet of `rows`; equal inputs give an equal manifest.

    Raises:
        ProjectError: The gate's group is no column.
    """
    targets = objectives()
    training, holdout = (read_columns(rows / f"{part}.parquet") for part in ("train", "holdout"))
    onnx_bytes = (compressed / MODEL_FILE).read_bytes()
    decision, predictions = _predict(onnx_bytes, fitted, holdout)
    inputs = msgspec.convert(_read(rows / "inputs.json"), list[InputSpec])
    identity = snapshot.parse((rows / "snapshot.json").read_text())
    covariates = {spec.name: training[spec.name] for spec in inputs if spec.role != "key"}
    return Manifest(
        name=project.project().name,
        task=targets.told_task,
        model=_model_file(onnx_bytes, _read(compressed / "recipe.json")),
        inputs=inputs,
        features=list(project.features().FEATURES),
        encoder=_read(fitted / "encoder.json"),
        decision=decision,
        schema_hash=identity.schema_hash,
        snapshot=identity,
        source_commit=source_commit(),
        as_of=str(as_of),
        training=_training(as_of, len(training[LABEL]), fitted),
        metrics=measure(holdout, predictions, targets),
        baseline=build_baseline(covariates, targets.task.columns(predictions)),
    )


def _predict(onnx_bytes: bytes, fitted: Path, rows: Columns) -> tuple[dict[str, Any], Array]:
    """Return the decision, and the predictions by it.

    What a task has not learned in the training, it learns here of the chosen model.
    """
    targets, transformation = objectives(), project.features()
    encoder = msgspec.convert(_read(fitted / "encoder.json"), transformation.Encoder)
    raw = run(open_session(onnx_bytes), transformation.transform(rows, encoder))
    decision: dict[str, Any] = (
        _read(fitted / "decision.json")
        if targets.task.calibrated
        else targets.task.calibrate(rows[LABEL], raw, targets.kpi)
    )
    return decision, targets.task.predictions(raw, decision)


def _read(path: Path) -> Any:
    return msgspec.json.decode(path.read_bytes())


def _model_file(onnx_bytes: bytes, recipe: str) -> ModelFile:
    digest = hashlib.sha256(onnx_bytes).hexdigest()
    return ModelFile(sha256=digest, bytes=len(onnx_bytes), recipe=recipe)


def _training(as_of: date, rows: int, fitted: Path) -> Training:
    days = window(as_of)
    return Training(str(days.start), str(days.split), rows, _read(fitted / "parameters.json"))
