"""The manifest of a trained model: everything that others need to know about it."""

import hashlib
import subprocess
from datetime import date
from pathlib import Path

import msgspec

from .bundle import open_session, run
from .config import settings
from .data.columns import read_columns
from .data.snapshot import SnapshotId
from .errors import ProjectError
from .evaluate import metrics
from .features import FEATURES, Array, Columns, Encoder, transform
from .manifest import InputSpec, Manifest, ModelFile, Training
from .monitor.drift import build_baseline
from .objectives import objectives
from .window import window

CODE = ("src", "pipelines", "objectives.yaml", "requirements")


def describe(as_of: date, rows: Path, fitted: Path, onnx_bytes: bytes, recipe: str) -> Manifest:
    """Judge an ONNX model on holdout.parquet of `rows` and return its manifest.

    `fitted` is what the training step wrote. The same inputs and code give an equal manifest.

    Raises:
        ProjectError: The gate's group is no column, or the holdout has one outcome only.
    """
    training, holdout = (read_columns(rows / f"{part}.parquet") for part in ("train", "holdout"))
    encoder = msgspec.json.decode((fitted / "encoder.json").read_bytes(), type=Encoder)
    probabilities = run(open_session(onnx_bytes), transform(holdout, encoder))
    inputs = msgspec.json.decode((rows / "inputs.json").read_bytes(), type=list[InputSpec])
    snapshot = SnapshotId.parse((rows / "snapshot.json").read_text())
    covariates = {spec.name: training[spec.name] for spec in inputs if spec.role != "key"}
    found = metrics(holdout["label"], probabilities, _groups(holdout, covariates), objectives().kpi)
    return Manifest(
        name=objectives().name,
        model=_model_file(onnx_bytes, recipe),
        inputs=inputs,
        features=list(FEATURES),
        encoder=encoder,
        threshold=found.threshold,
        schema_hash=snapshot.schema_hash,
        snapshot=snapshot,
        source_commit=source_commit(),
        as_of=str(as_of),
        training=_training(as_of, len(training["label"]), fitted),
        metrics=found,
        baseline=build_baseline(covariates, probabilities),
    )


def _model_file(onnx_bytes: bytes, recipe: str) -> ModelFile:
    digest = hashlib.sha256(onnx_bytes).hexdigest()
    return ModelFile(sha256=digest, bytes=len(onnx_bytes), recipe=recipe)


def _groups(holdout: Columns, covariates: Columns) -> Array:
    group = objectives().gate.group
    if group not in covariates:
        raise ProjectError(
            f"gate.group in objectives.yaml is {group!r}, which is no column of the data: choose "
            f"one of {', '.join(covariates)}."
        )
    return holdout[group]


def _training(as_of: date, rows: int, fitted: Path) -> Training:
    days = window(as_of)
    parameters = msgspec.json.decode((fitted / "parameters.json").read_bytes())
    return Training(str(days.start), str(days.split), rows, parameters)


def source_commit() -> str:
    """Return the last commit that touched code, "" outside a repository.

    Later commits, such as releases, do not change it: the same code keeps the same manifest.
    """
    if settings().source_commit:
        return settings().source_commit
    root = settings().project_root
    commit = _git(root, "log", "--max-count=1", "--format=%H", "--", *CODE)
    dirty = commit and _git(root, "status", "--porcelain", "--", *CODE)
    return f"{commit}-dirty" if dirty else commit


def _git(root: Path, *arguments: str) -> str:
    result = subprocess.run(
        ["git", "-C", str(root), *arguments], capture_output=True, text=True, check=False
    )
    return result.stdout.strip()
