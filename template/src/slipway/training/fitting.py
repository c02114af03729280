"""Fit the project's model on labelled rows, and learn what its task decides by."""

import tempfile
from pathlib import Path
from typing import Any, NamedTuple, cast

import numpy as np

from .. import project
from ..bundle import open_session, run
from ..errors import ProjectError
from ..families import Resumable, TrainingRows
from ..features import Array, Columns, Matrix
from ..objectives import objectives
from ..schema import LABEL, input_specs, time_name
from .checkpoints import checkpoint
from .folds import learned, out_of_fold

CALIBRATION_SHARE = 0.2  # of the days of the training, the newest
CALIBRATION_MINIMUM = 20  # rows, of each outcome if outcomes are few


class Fitted(NamedTuple):
    """What a fit leaves: the encoder, the rows that the family saw, and its words about them."""

    encoder: Any
    data: TrainingRows
    words: str


def fit(columns: Columns, directory: Path, checkpoints: str = "") -> Fitted:
    """Fit encoder and model on labelled rows (n,); the family leaves its files in `directory`.

    `checkpoints` is where a family that can go on keeps its state; without it, none is kept.
    """
    transformation, labels = project.features(), columns[LABEL]
    encoder = learned(transformation, columns, labels)
    data = training_rows(out_of_fold(transformation, columns, labels), labels)
    return Fitted(encoder, data, _fit(data, directory, checkpoints))


def _fit(data: TrainingRows, directory: Path, checkpoints: str) -> str:
    family = project.model()
    if not checkpoints or not hasattr(family, "resume"):
        return family.fit(data, directory)
    with checkpoint(family, data, checkpoints) as kept:
        return cast("Resumable", family).resume(data, directory, kept)


def training_rows(features: Matrix, labels: Array) -> TrainingRows:
    """Return rows as a family takes them, with the loss of the task."""
    task, names = objectives().task, tuple(project.features().FEATURES)
    return TrainingRows(features, names, task.numbers(labels), task.loss, len(task.classes))


def decision(columns: Columns) -> dict[str, Any]:
    """Return what a calibrated task learns of training rows (n,); nothing for any other.

    A model that was fitted on the older days predicts the newest. The final one learns from all
    days: it is a little better on new rows than what was learned here expects.

    Raises:
        ProjectError: The newest or the older days hold too little.
    """
    targets = objectives()
    if not targets.task.calibrated:
        return {}
    newest = _newest(columns)
    older, later = (
        {n: column[rows] for n, column in columns.items()} for rows in (~newest, newest)
    )
    _require_enough(older, "but the newest")
    _require_enough(later, "the newest")
    with tempfile.TemporaryDirectory() as name:
        encoder, data, _ = fit(older, Path(name))
        model = open_session(project.model().export(data, Path(name)))
    raw = run(model, project.features().transform(later, encoder))
    return targets.task.calibrate(later[LABEL], raw, targets.kpi)


def _newest(columns: Columns) -> Array:
    """Tell which rows (n,) are of the newest CALIBRATION_SHARE of the days, one day at least."""
    days = columns[time_name(input_specs())].astype("datetime64[D]")
    held = np.unique(days)
    newest: Array = days >= held[-max(1, round(CALIBRATION_SHARE * len(held)))]
    return newest


def _require_enough(columns: Columns, which: str) -> None:
    task = objectives().task
    if reason := task.unjudged(task.outcomes(columns[LABEL]), CALIBRATION_MINIMUM):
        raise ProjectError(
            f"The model is calibrated on the newest {CALIBRATION_SHARE:.0%} of the days to train "
            f"on, and all days {which} say too little: {reason}."
        )
