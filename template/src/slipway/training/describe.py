"""The manifest of a trained model: everything that others need to know about it."""

import hashlib
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from .. import project
from ..bundle import MODEL_FILE, open_session, run
from ..contract.inputs import InputSpec
from ..contract.manifest import Manifest, ModelFile, Training
from ..evaluate import measure
from ..explain import importance
from ..families import CURVE
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
    model = _model(fitted, compressed, holdout)
    predictions = model.predict(holdout)
    inputs = msgspec.convert(_read(rows / "inputs.json"), list[InputSpec])
    identity = snapshot.parse((rows / "snapshot.json").read_text())
    covariates = {spec.name: training[spec.name] for spec in inputs if spec.role != "key"}
    return Manifest(
        name=project.project().name,
        task=targets.told_task,
        model=_model_file(model.onnx_bytes, _read(compressed / "recipe.json")),
        inputs=inputs,
        features=list(project.features().FEATURES),
        encoder=model.encoder,
        decision=model.decision,
        schema_hash=identity.schema_hash,
        snapshot=identity,
        source_commit=source_commit(),
        as_of=str(as_of),
        training=_training(as_of, len(training[LABEL]), fitted),
        metrics=measure(holdout, predictions, targets),
        baseline=build_baseline(covariates, targets.task.columns(predictions)),
        importance=importance.measure(model.predict, holdout, inputs, targets),
    )


class _Model(NamedTuple):
    onnx_bytes: bytes
    encoder: Any
    decision: dict[str, Any]
    predict: importance.Predict


def _model(fitted: Path, compressed: Path, holdout: Columns) -> _Model:
    """Return the chosen model; what it decides by may be learned on the held-out rows."""
    transformation, task = project.features(), objectives().task
    encoder = _read(fitted / "encoder.json")
    onnx_bytes = (compressed / MODEL_FILE).read_bytes()
    session, learned = open_session(onnx_bytes), msgspec.convert(encoder, transformation.Encoder)

    def raw(rows: Columns) -> Array:
        return run(session, transformation.transform(rows, learned))

    decision = _decision(fitted, holdout[LABEL], raw(holdout))
    return _Model(onnx_bytes, encoder, decision, lambda rows: task.predictions(raw(rows), decision))


def _decision(fitted: Path, labels: Array, raw: Array) -> dict[str, Any]:
    """Return what the training has learned; what needs no other model is learned of this one."""
    targets = objectives()
    if targets.task.calibrated:
        decision: dict[str, Any] = _read(fitted / "decision.json")
        return decision
    return targets.task.calibrate(labels, raw, targets.kpi)


def _read(path: Path) -> Any:
    return msgspec.json.decode(path.read_bytes())


def _model_file(onnx_bytes: bytes, recipe: str) -> ModelFile:
    digest = hashlib.sha256(onnx_bytes).hexdigest()
    return ModelFile(sha256=digest, bytes=len(onnx_bytes), recipe=recipe)


def _training(as_of: date, rows: int, fitted: Path) -> Training:
    days, curve = window(as_of), fitted / CURVE
    return Training(
        start=str(days.start),
        end=str(days.split),
        rows=rows,
        parameters=_read(fitted / "parameters.json"),
        curve=_read(curve) if curve.exists() else {},
    )
