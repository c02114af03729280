"""Folds in the order of time, none of which sees the gate's rows."""

from pathlib import Path

import numpy as np
import pytest

from slipway.errors import ProjectError
from slipway.features import Array
from slipway.schema import LABEL
from slipway.training_data.columns import read_columns
from slipway.tune import folds


@pytest.fixture(scope="module")
def columns(rows_dir: Path) -> dict[str, Array]:
    return dict(read_columns(rows_dir / "train.parquet"))


def of_days(columns: dict[str, Array], days: int) -> dict[str, Array]:
    """Return the rows of the first days."""
    own = columns["handed_over"].astype("datetime64[D]")
    chosen = own < own.min() + days
    return {name: column[chosen] for name, column in columns.items()}


def test_every_fold_trains_on_days_before_those_that_judge(columns: dict[str, Array]) -> None:
    days = columns["handed_over"].astype("datetime64[D]")
    made = folds.split(columns)
    sizes = [(len(fold.rows.labels), len(fold.labels)) for fold in made]
    for older, newer in sizes:
        assert days[:older].max() < days[older : older + newer].min()
    assert [older + newer for older, newer in sizes[:-1]] == [older for older, _ in sizes[1:]]
    assert sum(sizes[-1]) == len(days)


def test_half_of_the_days_are_trained_on_at_least(columns: dict[str, Array]) -> None:
    days = columns["handed_over"].astype("datetime64[D]")
    first = folds.split(columns)[0]
    assert len(np.unique(days[: len(first.rows.labels)])) == len(np.unique(days)) // 2


def test_too_few_days_are_one_sentence(columns: dict[str, Array]) -> None:
    with pytest.raises(ProjectError, match="of 11 days, and tuning needs 12: raise"):
        folds.split(of_days(columns, 11))


def test_a_fold_without_any_event_is_one_sentence(columns: dict[str, Array]) -> None:
    quiet = {**columns, LABEL: np.where(np.arange(len(columns[LABEL])) < 500, columns[LABEL], 0)}
    with pytest.raises(ProjectError, match=r"The days 2024-\d\d-\d\d to .* cannot judge a trial"):
        folds.split(quiet)
