"""A number with its interval, and one of three classes, go round the loop as yes or no does.

For each: one training, its release, two months of traffic, the monitor, a training that is better.
"""

import json
from pathlib import Path
from typing import Any

import pytest
from letters import source

from slipway import bundle, card, health
from slipway.monitor import run
from slipway.objectives import objectives
from slipway.settings import settings
from tests.engine.toys.kit import (
    APRIL,
    CLASSES,
    ENVIRONMENTS,
    MARCH,
    MAY,
    NUMBER,
    Kind,
    Training,
    ask,
    read_report,
    train,
    train_again,
)

RECIPES = ["full", "truncate-15", "truncate-10", "truncate-5", "distil-60x15", "distil-30x31"]


@pytest.fixture(scope="module")
def answers(first: Training, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """Return the answers to a week's rounds by the typed route, after a month by the protocol."""
    return ask(source.read_features(APRIL, MAY), "prod", tmp_path_factory.mktemp("server"))


@pytest.fixture(scope="module")
def changed(answers: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the monitor's report about the month in which the letters became twice as many."""
    run.main("2024-04", "prod", MAY)
    return read_report("2024-04", "prod")


def test_the_manifest_has_the_figures_of_the_task_and_what_it_learned(
    first: Training, kind: Kind
) -> None:
    manifest = bundle.read_manifest(first.bundle)
    assert isinstance(manifest.task, dict)
    assert manifest.task["name"] == kind.name
    assert manifest.metrics.values.keys() == kind.figures
    assert manifest.decision.keys() == kind.decision
    assert manifest.metrics.groups.keys() == {"Elmstein", "Ulmbach"}


def test_every_way_to_a_smaller_model_is_tried(first: Training) -> None:
    candidates = json.loads((first.compressed / "compression.json").read_text())
    assert [candidate["recipe"] for candidate in candidates] == RECIPES
    assert bundle.read_manifest(first.bundle).model.recipe in RECIPES[1:]


def test_the_same_rows_give_the_same_bundle(first: Training, tmp_path: Path) -> None:
    again = train_again(APRIL, first, tmp_path)
    for file in (bundle.MODEL_FILE, bundle.MANIFEST_FILE):
        assert (again / file).read_bytes() == (first.bundle / file).read_bytes()


def test_the_gate_judges_by_the_limits_of_the_task(first: Training) -> None:
    assert first.verdict.passed, first.verdict.sentence
    limited = {check.name for check in first.verdict.checks} - {"latency_p99_ms"}
    assert limited in ({"mae", "interval_coverage"}, {"auc", "recall_many"})


def test_a_client_is_told_the_outputs_of_the_task(
    answers: list[dict[str, Any]], kind: Kind
) -> None:
    for answer in answers:
        if kind is NUMBER:
            assert list(answer) == ["key", "value", "lower", "upper"]
            assert answer["lower"] < answer["value"] < answer["upper"]
        else:
            assert list(answer) == ["key", "class", "probability", "probabilities"]
            assert sum(answer["probabilities"]) == pytest.approx(1, abs=1e-6)
            place = CLASSES.index(answer["class"])
            assert answer["probability"] == answer["probabilities"][place]


def test_a_month_without_a_change_is_as_good_as_the_gate_said(
    first: Training, tmp_path: Path, kind: Kind
) -> None:
    ask(source.read_features(MARCH, APRIL), "dev", tmp_path)
    run.main("2024-03", "dev", APRIL)
    report = read_report("2024-03", "dev")
    assert report["performance"]["values"].keys() == kind.figures
    assert report["decision"]["status"] == "healthy"
    if kind is NUMBER:
        assert 0.7 < report["performance"]["values"]["interval_coverage"] < 0.92


def test_the_monitor_sees_the_change_and_asks_for_a_training(changed: dict[str, Any]) -> None:
    assert changed["performance"]["predictions"] == 600
    assert changed["decision"]["status"] == "retrain"
    moved = {column["name"] for column in changed["drift"]["predictions"]}
    assert moved in ({"predicted value"}, {"predicted class", "predicted probability"})


def test_answers_that_are_no_longer_right_are_seen(
    first: Training, changed: dict[str, Any], kind: Kind
) -> None:
    was = bundle.read_manifest(first.bundle).metrics.values
    now = changed["performance"]["values"]
    if kind is NUMBER:
        assert now["interval_coverage"] < was["interval_coverage"] / 2
    else:
        assert now["log_loss"] > 1.2 * was["log_loss"]
        assert now["recall_many"] < was["recall_many"] / 2


def test_the_page_of_the_monitor_shows_the_figures_of_the_task(changed: dict[str, Any]) -> None:
    page = (settings().reports / "prod" / "monitor-2024-04.html").read_text()
    titles = ("mean absolute error (letters)", "recall, many")
    assert [title for title in titles if f"<dt>{title}</dt>" in page] != []


def test_the_review_is_written_in_the_words_of_the_task(changed: dict[str, Any]) -> None:
    health.main("prod")
    page = (settings().reports / "prod" / "health.html").read_text()
    metric = objectives().quality_metric
    value = metric.show(changed["performance"]["values"][metric.name])
    assert f"<dt>{metric.title}</dt><dd>{value}</dd>" in page
    assert "release(prod): letter-" in page
    assert "Train again" in page


def test_the_metrics_for_prometheus_have_the_figures_of_the_task(
    changed: dict[str, Any], kind: Kind
) -> None:
    text = (settings().reports / "prod" / "monitor-2024-04.prom").read_text()
    assert all(f"\nmodel_{figure} " in text for figure in kind.figures)


def test_a_training_on_the_changed_month_beats_the_champion(
    changed: dict[str, Any], tmp_path: Path
) -> None:
    second = train(MAY, tmp_path)
    gain = second.verdict.checks[0]
    assert gain.name in ("mae_gain", "log_loss_gain")
    assert gain.passed, second.verdict.sentence


def test_the_model_card_says_what_is_predicted_and_how_well(first: Training, root: Path) -> None:
    card.main(ENVIRONMENTS[-1])
    text = (root / card.PATH).read_text()
    said = ("| covered by the interval |", "| precision, many |")
    assert [words for words in said if words in text] != []
