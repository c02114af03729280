"""Folds in the order of time: each judges on days after those that it trains on.

Only the rows that a training would train on are used: the newest are the gate's. The folds expand:
the first trains on the older half of the days, the next on what the first judged as well, ...
"""

from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from .. import project
from ..errors import ProjectError
from ..families import TrainingRows
from ..features import Array, Columns, Matrix
from ..objectives import objectives
from ..schema import LABEL, input_specs, time_name
from ..settings import settings
from ..training import steps
from ..training.fitting import training_rows
from ..training.folds import learned, out_of_fold
from ..training_data import snapshot
from ..training_data.columns import read_columns

FOLDS = 3
DAYS_MINIMUM = 4 * FOLDS  # fewer tell nothing of one time from another


class Fold(NamedTuple):
    """Rows to train on, and features (m, k) with labels (m,) of the later days that judge."""

    rows: TrainingRows
    features: Matrix
    labels: Array


def prepare(as_of: date) -> tuple[list[Fold], str]:
    """Return the folds of what is known at `as_of`, and the digest of their snapshot.

    Raises:
        ProjectError: As in a training, or the days are too few for folds.
    """
    directory = settings().state / "tune" / str(as_of)
    data, rows = directory / "data", directory / "rows"
    steps.ingest(as_of, data)
    steps.validate(as_of, data, rows)
    return of_rows(rows)


def of_rows(rows: Path) -> tuple[list[Fold], str]:
    """Return the folds of what the validation has written, and the digest of their snapshot.

    Raises:
        ProjectError: The days are too few for folds, or those of a fold cannot judge.
    """
    identity = snapshot.parse((rows / "snapshot.json").read_text())
    return split(read_columns(rows / "train.parquet")), identity.digest


def split(columns: Columns) -> list[Fold]:
    """Return the folds of labelled rows (n,).

    Raises:
        ProjectError: The days are too few, or those of a fold cannot judge.
    """
    days = columns[time_name(input_specs())].astype("datetime64[D]")
    known = np.unique(days)
    if len(known) < DAYS_MINIMUM:
        raise ProjectError(
            f"The rows to train on are of {len(known)} days, and tuning needs {DAYS_MINIMUM}: "
            "raise training.window_days in objectives.yaml."
        )
    cuts = [
        known[place] for place in np.linspace(len(known) / 2, len(known), FOLDS + 1, dtype=int)[:-1]
    ]
    ends = [*cuts[1:], known[-1] + 1]
    return [
        _fold(columns, days < cut, (days >= cut) & (days < end))
        for cut, end in zip(cuts, ends, strict=True)
    ]


def _fold(columns: Columns, older: Array, newer: Array) -> Fold:
    transformation: Any = project.features()
    train, judging = (_rows(columns, chosen) for chosen in (older, newer))
    labels = train[LABEL]
    _require_judging(judging)
    encoder = learned(transformation, train, labels)
    rows = training_rows(out_of_fold(transformation, train, labels), labels)
    return Fold(rows, transformation.transform(judging, encoder), judging[LABEL])


def _require_judging(rows: Columns) -> None:
    task = objectives().task
    if reason := task.unjudged(task.outcomes(rows[LABEL])):
        days = np.sort(rows[time_name(input_specs())].astype("datetime64[D]"))
        raise ProjectError(f"The days {days[0]} to {days[-1]} cannot judge a trial: {reason}.")


def _rows(columns: Columns, chosen: Array) -> dict[str, Array]:
    return {name: column[chosen] for name, column in columns.items()}
