"""The labelled rows of a snapshot, with the same checks for training and gate."""

from datetime import date
from pathlib import Path
from typing import NamedTuple

import polars as pl

from ..errors import ProjectError
from ..objectives import objectives
from ..schema import LABEL, input_specs, key_name, time_name
from ..training_data import quarantine

FEATURES_FILE = "features.parquet"
LABELS_FILE = "labels.parquet"


class Split(NamedTuple):
    """Labelled rows on both sides of the split, and the quarantine."""

    train: pl.DataFrame
    holdout: pl.DataFrame
    bad: pl.DataFrame
    counts: dict[str, int]


def split(data: Path, day: date) -> Split:
    """Separate good rows of a snapshot from bad ones, join labels, and split at the day `day`.

    Raises:
        ProjectError: The data break the schema as a whole, or a side has no rows that can be
            trained on or judged.
    """
    specs = input_specs()
    good, bad, counts = quarantine.split(pl.read_parquet(data / FEATURES_FILE))
    labels = quarantine.check_labels(pl.read_parquet(data / LABELS_FILE))
    rows = good.join(labels, on=key_name(specs), maintain_order="left")
    newest = pl.col(time_name(specs)).dt.date() >= day
    sides = Split(rows.filter(~newest), rows.filter(newest), bad, counts)
    _require_judgeable(sides.train, f"before {day}, to train on")
    _require_judgeable(sides.holdout, f"from {day} on, to judge")
    return sides


def _require_judgeable(rows: pl.DataFrame, what: str) -> None:
    if rows.is_empty():
        raise ProjectError(
            f"There are no labelled rows {what}: choose another --as-of, or other days under "
            "`training` in objectives.yaml."
        )
    if reason := objectives().task.unjudged(rows[LABEL].to_numpy()):
        raise ProjectError(f"The rows {what}, say too little: {reason}.")
