"""Predictions are measured overall and by group; the figures themselves are the task's."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from sklearn.metrics import roc_auc_score

from slipway.errors import ProjectError
from slipway.evaluate import measure
from slipway.objectives import Objectives, load, objectives


@pytest.fixture
def grouped_by(project: Path) -> Any:
    """Return a function that returns the objectives with another column as the gate's group."""

    def change(group: str) -> Objectives:
        document = yaml.safe_load((project / "objectives.yaml").read_text())
        document["gate"]["group"] = group
        (project / "objectives.yaml").write_text(yaml.safe_dump(document))
        return load(project / "objectives.yaml")

    return change


def sample(rows: int = 5000) -> tuple[dict[str, Any], Any]:
    """Return labels with their depots, and predictions that are good in all."""
    random = np.random.default_rng(0)
    predictions = random.beta(1, 3, rows).astype(np.float32)
    labels = (random.random(rows) < predictions).astype(np.int64)
    depots = np.array(["BER", "HAM"], dtype=object)[random.integers(2, size=rows)]
    return {"label": labels, "depot": depots}, predictions


def texts(*values: str | None) -> Any:
    return np.array(values, dtype=object)


def test_the_figures_are_those_of_the_task() -> None:
    columns, predictions = sample()
    targets = objectives()
    metrics = measure(columns, predictions, targets)
    assert metrics.rows == 5000
    tally = targets.task.tally(columns["label"], predictions)
    assert metrics.values == targets.task.figures(tally, targets.kpi)
    assert set(metrics.values) == {metric.name for metric in targets.task.metrics}


def test_the_quality_of_a_group_is_that_of_its_rows() -> None:
    columns, predictions = sample()
    groups = measure(columns, predictions, objectives()).groups
    assert set(groups) == {"BER", "HAM"}
    for depot, quality in groups.items():
        rows = columns["depot"] == depot
        wanted = roc_auc_score(columns["label"][rows], predictions[rows])
        assert quality == pytest.approx(wanted, abs=1e-4)


def test_a_group_with_one_outcome_is_left_out() -> None:
    columns = {"label": np.array([0, 1, 0, 0]), "depot": texts("BER", "BER", "HAM", "HAM")}
    metrics = measure(columns, np.array([0.1, 0.9, 0.2, 0.3]), objectives())
    assert metrics.groups == {"BER": 1.0}


def test_rows_without_a_group_are_the_group_missing() -> None:
    columns = {"label": np.array([0, 1, 0, 1]), "depot": texts("BER", "BER", None, None)}
    metrics = measure(columns, np.array([0.1, 0.9, 0.3, 0.2]), objectives())
    assert metrics.groups == {"BER": 1.0, "missing": 0.0}


def test_a_value_that_is_called_missing_is_another_group_than_no_value() -> None:
    depots = texts("missing", "missing", None, None)
    columns = {"label": np.array([0, 1, 0, 1]), "depot": depots}
    metrics = measure(columns, np.array([0.1, 0.9, 0.3, 0.2]), objectives())
    assert metrics.groups == {"missing": 1.0, "(missing)": 0.0}


def test_numbers_that_are_null_are_the_group_missing(grouped_by: Any) -> None:
    weights = np.array([1, 1, np.nan, np.nan], np.float32)
    columns = {"label": np.array([0, 1, 0, 1]), "weight": weights}
    metrics = measure(columns, np.array([0.1, 0.9, 0.3, 0.2]), grouped_by("weight"))
    assert metrics.groups == {"1.0": 1.0, "missing": 0.0}


def test_a_group_is_named_by_its_value_as_text(grouped_by: Any) -> None:
    columns = {"label": np.array([0, 1, 0, 1]), "express": np.array([True, True, False, False])}
    metrics = measure(columns, np.array([0.1, 0.9, 0.3, 0.2]), grouped_by("express"))
    assert metrics.groups == {"True": 1.0, "False": 0.0}


def test_where_no_group_is_named_there_are_none(grouped_by: Any) -> None:
    assert measure(*sample(), grouped_by("")).groups == {}


def test_a_group_that_is_no_column_is_named_with_those_that_are(grouped_by: Any) -> None:
    with pytest.raises(ProjectError, match=r"'colour', which is no column .* choose one of depot,"):
        measure(*sample(), grouped_by("colour"))


@pytest.mark.parametrize("labels", [[], [0, 0], [1, 1]])
def test_labels_with_one_outcome_cannot_be_judged(labels: list[int]) -> None:
    columns = {"label": np.array(labels, np.int64), "depot": texts(*["BER"] * len(labels))}
    with pytest.raises(ProjectError, match=rf"^The {len(labels)} .* of each must be there"):
        measure(columns, np.zeros(len(labels), np.float32), objectives())


@pytest.mark.parametrize("wrong", [np.nan, np.inf])
def test_a_model_that_answers_no_number_is_told(wrong: float) -> None:
    columns, predictions = sample()
    predictions[7] = wrong
    with pytest.raises(ProjectError, match=r"answers 1 of 5,000 rows with what is no finite"):
        measure(columns, predictions, objectives())
