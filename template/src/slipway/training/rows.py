"""The labelled rows of a snapshot, with the same checks for training and gate."""

from collections import Counter
from datetime import date
from pathlib import Path
from typing import NamedTuple

import polars as pl

from ..errors import ProjectError
from ..objectives import objectives
from ..schema import LABEL, input_specs, key_name, personal_columns, time_name
from ..training_data import labels, quarantine

FEATURES_FILE = "features.parquet"
LABELS_FILE = "labels.parquet"

# Of each outcome: with fewer the quality itself is not known to a tenth.
TRAIN_MINIMUM, JUDGE_MINIMUM = 50, 20
OUTCOMES_MAXIMUM = 20  # more are not told one by one


class Split(NamedTuple):
    """Labelled rows on both sides of the split, the quarantine, and how many have no outcome.

    Each row of a snapshot is one of these. Where an outcome is what is wrong with a row, `label`
    says in `bad` what it is.
    """

    train: pl.DataFrame
    holdout: pl.DataFrame
    bad: pl.DataFrame
    counts: dict[str, int]
    unlabelled: int


def split(data: Path, day: date) -> Split:
    """Separate good rows of a snapshot from bad ones, join labels, and split at the day `day`.

    Raises:
        ProjectError: The data break the schema as a whole, or a side has no rows that can be
            trained on or judged.
    """
    specs = input_specs()
    good, bad, counts = quarantine.split(pl.read_parquet(data / FEATURES_FILE))
    key, outcomes = key_name(specs), labels.divide(pl.read_parquet(data / LABELS_FILE))
    rows = labels.join_checked(good, outcomes.good, key)
    unusable = good.join(outcomes.bad, key, maintain_order="left").select(
        *bad.columns, *([LABEL] if len(outcomes.bad) else [])
    )
    by_reason = Counter(unusable[quarantine.REASONS])
    newest = pl.col(time_name(specs)).dt.date() >= day
    sides = Split(
        rows.filter(~newest),
        rows.filter(newest),
        pl.concat([bad, unusable], how="diagonal"),
        {**counts, **by_reason},
        len(good) - len(rows) - len(unusable),
    )
    _require_enough(sides.train, TRAIN_MINIMUM, f"before {day}, to train on")
    _require_enough(sides.holdout, JUDGE_MINIMUM, f"from {day} on, to judge")
    return sides


def outcomes(sides: Split) -> list[str]:
    """Say how often each outcome is there, where they are few, and which cannot be used."""
    unlabelled = [f"{sides.unlabelled:,} without an outcome"] if sides.unlabelled else []
    if LABEL in personal_columns():
        return unlabelled
    known = pl.concat([sides.train, sides.holdout])[LABEL].cast(pl.String)
    few = known.n_unique() <= OUTCOMES_MAXIMUM
    points = [f"outcomes: {labels.counted(known, OUTCOMES_MAXIMUM)}"] if few else []
    if LABEL in sides.bad.columns:
        unusable = labels.said(sides.bad.filter(pl.col(LABEL).is_not_null()))
        points.append(f"outcomes that fit no label: {labels.counted(unusable)}")
    return points + unlabelled


def weak_points(sides: Split, day: date) -> list[str]:
    """Say what is wrong with the rows from `day` on alone, which a rule on all rows does not show.

    They judge the model as they are: serving will meet such rows too.
    """
    points = [
        f"{name} is null in all of the newest"
        for name in sides.holdout.columns
        if sides.holdout[name].null_count() == len(sides.holdout)
    ]
    bad = int((sides.bad[time_name(input_specs())].dt.date() >= day).sum())
    share = bad / (bad + len(sides.holdout))
    if share > quarantine.BAD_SHARE_MAXIMUM:
        points.append(f"{share:.0%} of the newest are bad")
    return points


def _require_enough(rows: pl.DataFrame, minimum: int, what: str) -> None:
    if rows.is_empty():
        raise ProjectError(
            f"There are no labelled rows {what}: choose another --as-of, or other days under "
            "`training` in objectives.yaml."
        )
    task = objectives().task
    if reason := task.unjudged(task.outcomes(rows[LABEL].to_numpy()), minimum):
        raise ProjectError(f"The rows {what}, say too little: {reason}.")
