"""What a task decides by is learned on days that its model has not seen."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from parcels import source
from slipway.errors import ProjectError
from slipway.features import Columns
from slipway.objectives import objectives
from slipway.training import fitting
from slipway.training_data.columns import to_columns

REGRESSION = {
    "task": {"name": "regression", "coverage": 0.8},
    "quality": "mae",
    "kpi": {"name": "v", "unit": "EUR", "cost_per_unit_too_low": 1, "cost_per_unit_too_high": 1},
}
START = date(2024, 2, 1)


def columns(days: int) -> dict[str, Any]:
    """Return parcels of some days; the outcome is the distance, and noise of the last 20 %."""
    rows = source.read_features(START, START + timedelta(days=days))
    found = to_columns(rows)
    late = found["handed_over"].astype("datetime64[D]") >= np.datetime64(START) + round(0.8 * days)
    noise = np.random.default_rng(2).normal(0, 100, len(late))
    return {**found, "label": (found["distance"] + np.where(late, noise, 0)).astype(np.float32)}


@pytest.fixture(autouse=True)
def numbers(project: Path) -> None:
    """Let the outcome of the project be a number."""
    path = project / "objectives.yaml"
    document = yaml.safe_load(path.read_text()) | REGRESSION
    document["gate"] |= {"metric": "mae", "minimum": {}, "maximum": {}}
    path.write_text(yaml.safe_dump(document))
    objectives.cache_clear()


def changed(rows: Columns, **others: Any) -> Columns:
    return {**rows, **others}


def test_the_interval_is_as_wide_as_the_errors_on_the_newest_days() -> None:
    decision = fitting.decision(columns(days=60))
    assert decision.keys() == {"edges", "below", "above"}
    tenth = 1.2816 * 100  # of a normal distribution lies beyond
    for side in ("below", "above"):
        assert np.mean(decision[side]) == pytest.approx(tenth, rel=0.3)


def test_the_same_rows_give_the_same_decision() -> None:
    rows = columns(days=30)
    assert fitting.decision(rows) == fitting.decision(rows)


def test_a_task_that_needs_no_calibration_has_learned_nothing_yet(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("slipway.tasks.regression.Regression.calibrated", False)
    assert fitting.decision(columns(days=10)) == {}


def test_rows_of_one_day_cannot_be_calibrated_on() -> None:
    with pytest.raises(ProjectError, match=r"all days but the newest say too little: there are 0"):
        fitting.decision(columns(days=1))


def test_newest_days_whose_outcome_never_differs_are_told() -> None:
    rows = columns(days=10)
    label = np.where(np.arange(len(rows["label"])) < 320, rows["label"], 7)
    with pytest.raises(
        ProjectError, match=r"days the newest say too little: the outcome of all 80"
    ):
        fitting.decision(changed(rows, label=label))


def test_the_family_is_given_numbers_and_the_loss_of_the_task() -> None:
    rows = fitting.training_rows(np.zeros((2, 8), np.float32), np.array([1, 2], np.int64))
    assert (rows.loss, rows.classes, rows.labels.dtype.name) == ("squared_error", 0, "float64")
