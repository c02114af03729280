from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from slipway.errors import ProjectError
from slipway.objectives import load, objectives

Change = Callable[[dict[str, Any]], object]


@pytest.fixture
def path(project: Path) -> Path:
    return project / "objectives.yaml"


def refusal(path: Path) -> str:
    """Return the sentence that says what is wrong with the file."""
    with pytest.raises(ProjectError) as error:
        load(path)
    return str(error.value)


def test_the_objectives_are_read_with_the_kpi_of_their_task() -> None:
    targets = objectives()
    assert (targets.task.name, targets.quality_metric.name) == ("binary", "auc")
    assert targets.kpi.model_dump()["saved_per_caught_event"] == 12
    assert (targets.gate.minimum, targets.gate.group) == ({"auc": 0.6}, "depot")


def test_groups_and_limits_may_be_left_out(path: Path) -> None:
    document = yaml.safe_load(path.read_text())
    for key in ("minimum", "maximum", "group", "group_loss_maximum"):
        del document["gate"][key]
    path.write_text(yaml.safe_dump(document))
    gate = load(path).gate
    assert (gate.minimum, gate.maximum, gate.group) == ({}, {}, "")


@pytest.mark.parametrize(
    ("change", "key", "reason"),
    [
        (lambda d: d.update(task="clustering"), "task", "There is no task 'clustering'"),
        (lambda d: d.update(task="no.such"), "task", "There is no task 'no.such'"),
        (lambda d: d.update(task=".relative"), "task", "There is no task '.relative'"),
        (lambda d: d.update(task="two..dots"), "task", "There is no task 'two..dots'"),
        (lambda d: d.update(task=""), "task", "There is no task ''"),
        (lambda d: d.update(task="parcels.source"), "task", "The module parcels.source defines no"),
        (lambda d: d.update(task=3), "task", "There is no task 3"),
        (lambda d: d.update(task=None), "task", "There is no task None"),
        (lambda d: d.update(task={"coverage": 0.8}), "task", "There is no task ''"),
        (
            lambda d: d.update(task={"name": "binary", "classes": ["a", "b"]}),
            "task",
            "classes: Extra inputs are not permitted",
        ),
        (lambda d: d.update(task="multiclass"), "task", "classes: Field required"),
        (
            lambda d: d.update(task={"name": "regression", "coverage": 1}),
            "task",
            "coverage: Input should be less than or equal to 0.99",
        ),
        (lambda d: d.pop("task"), "task", "Field required"),
        (lambda d: d.update(quality="rmse"), "quality", "'rmse' is no metric of the task binary"),
        (
            lambda d: d.update(quality="event_rate"),
            "quality",
            "models cannot be compared by 'event_rate'",
        ),
        (lambda d: d["gate"].update(metric="rmse"), "gate.metric", "'rmse' is no metric"),
        (
            lambda d: d["gate"].update(metric="event_rate"),
            "gate.metric",
            "models cannot be compared by 'event_rate'",
        ),
        (lambda d: d["gate"].update(minimum={"r2": 1}), "gate.minimum.r2", "'r2' is no metric"),
        (lambda d: d["gate"].update(maximum={"mae": 1}), "gate.maximum.mae", "'mae' is no metric"),
        (lambda d: d["gate"].update(margin=-1), "gate.margin", "Input should be greater than"),
        (lambda d: d["gate"].update(speed=1), "gate.speed", "Extra inputs are not permitted"),
        (lambda d: d.update(speed=1), "speed", "Extra inputs are not permitted"),
        (
            lambda d: d["training"].update(window_days=0),
            "training.window_days",
            "Input should be greater than 0",
        ),
        (lambda d: d["kpi"].update(capacity=2), "kpi.capacity", "Input should be less than"),
    ],
)
def test_a_value_that_is_not_allowed_is_told_by_file_and_key(
    path: Path, change: Change, key: str, reason: str
) -> None:
    document = yaml.safe_load(path.read_text())
    change(document)
    path.write_text(yaml.safe_dump(document))
    sentence = refusal(path)
    assert sentence.startswith(f"{path}: {key}: {reason}")
    assert sentence.endswith(".")
    assert "\n" not in sentence


@pytest.mark.parametrize(
    ("kpi", "key"),
    [
        ({"name": "v", "unit": "EUR", "cost_per_unit": 2}, "kpi.saved_per_caught_event"),
        ({"name": "v", "unit": "EUR"}, "kpi.saved_per_caught_event"),
    ],
)
def test_the_kpi_of_another_task_is_refused(path: Path, kpi: dict[str, Any], key: str) -> None:
    document = yaml.safe_load(path.read_text())
    path.write_text(yaml.safe_dump({**document, "kpi": kpi}))
    assert refusal(path) == f"{path}: {key}: Field required; correct the value."


def test_a_figure_that_only_another_task_has_is_refused_beside_the_own(path: Path) -> None:
    document = yaml.safe_load(path.read_text())
    document["kpi"]["cost_per_unit"] = 2
    path.write_text(yaml.safe_dump(document))
    assert refusal(path).startswith(f"{path}: kpi.cost_per_unit: Extra inputs are not permitted")


@pytest.mark.parametrize("content", [b"goal: [", b"a: b: c\n", b"\xff\xfe", b"goal: \x07\n"])
def test_a_file_that_is_no_yaml_is_told_in_one_line(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    sentence = refusal(path)
    assert sentence.startswith(f"{path} is not valid YAML, mend it: ")
    assert "\n" not in sentence


@pytest.mark.parametrize("content", ["", "- goal\n", "goal\n"])
def test_a_document_that_holds_no_keys_is_refused(path: Path, content: str) -> None:
    path.write_text(content)
    assert refusal(path).startswith(f"{path}: the document: Input should be a valid dictionary")


def test_a_missing_file_is_told(path: Path) -> None:
    path.unlink()
    assert refusal(path) == f"{path} is missing: restore it from Git."
