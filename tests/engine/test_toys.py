"""A product with a task and a family of its own goes round the loop; the engine knows neither.

One training, its release, a month of traffic, the monitor, and a second training that is better.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from letters import source
from rich.console import Console

from slipway import bundle, card, lineage
from slipway.demo import report
from slipway.demo.story import Month, sentence, summary
from slipway.errors import ProjectError
from slipway.families.boosting import Boosting
from slipway.monitor import run
from slipway.objectives import objectives
from slipway.project import model
from slipway.release import record
from slipway.settings import settings
from slipway.tasks import VALUE
from slipway.training import steps
from tests.engine.kit import TOYS, forget
from tests.engine.toys.kit import (
    APRIL,
    ENVIRONMENTS,
    MARCH,
    MAY,
    Training,
    ask,
    read_report,
    release_everywhere,
    repository,
    train,
    train_again,
)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return the product as a repository whose environments have released nothing."""
    yield from repository(tmp_path_factory.mktemp("letters"), TOYS)


@pytest.fixture(autouse=True)
def product(root: Path, project: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the root of the product, which is this process's project."""
    monkeypatch.setenv("PROJECT_ROOT", str(root))
    forget()
    return root


@pytest.fixture(scope="module")
def first(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Training:
    """Return the first training, released to every environment."""
    return release_everywhere(train(APRIL, tmp_path_factory.mktemp("first")))


@pytest.fixture(scope="module")
def answers(first: Training, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """Return the answers to a week's rounds by the typed route, after a month by the protocol."""
    return ask(source.read_features(APRIL, MAY), "prod", tmp_path_factory.mktemp("server"))


@pytest.fixture(scope="module")
def watched(answers: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the monitor's report about the month in which the letters became twice as many."""
    run.main("2024-04", "prod", MAY)
    return read_report("2024-04", "prod")


@pytest.fixture(scope="module")
def second(watched: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Training:
    """Return the training that the monitor asked for."""
    return train(MAY, tmp_path_factory.mktemp("second"))


def test_the_model_is_described_by_the_figures_of_its_own_task(first: Training) -> None:
    manifest = bundle.read_manifest(first.bundle)
    assert manifest.task == "letters.counting"
    assert manifest.metrics.values.keys() == {"mean_error", VALUE}
    assert 3 < manifest.metrics.values["mean_error"] < 7
    assert manifest.metrics.groups.keys() == {"Elmstein", "Ulmbach"}
    assert manifest.baseline.predictions.keys() == {"estimate"}


def test_the_smaller_model_of_the_own_family_is_chosen(first: Training) -> None:
    candidates = json.loads((first.compressed / "compression.json").read_text())
    assert [candidate["recipe"] for candidate in candidates] == ["full", "rounded-float16"]
    assert bundle.read_manifest(first.bundle).model.recipe == "rounded-float16"


def test_the_same_rows_give_the_same_bundle(first: Training, tmp_path: Path) -> None:
    again = train_again(APRIL, first, tmp_path)
    for file in (bundle.MODEL_FILE, bundle.MANIFEST_FILE):
        assert (again / file).read_bytes() == (first.bundle / file).read_bytes()


def test_the_gate_judges_by_the_metric_of_the_task(first: Training) -> None:
    assert first.verdict.passed
    assert [check.name for check in first.verdict.checks] == ["mean_error", "latency_p99_ms"]


def test_every_environment_runs_the_first_model(first: Training) -> None:
    digest = bundle.read_manifest(first.bundle).model.sha256
    releases = [record.committed(environment) for environment in ENVIRONMENTS]
    assert [running and running.model_digest for running in releases] == [digest] * 3


def test_a_client_is_told_the_estimate_and_nothing_else(answers: list[dict[str, Any]]) -> None:
    assert len(answers) == 140
    assert {tuple(answer) for answer in answers} == {("key", "estimate")}
    assert all(10 < answer["estimate"] < 70 for answer in answers)


def test_the_monitor_counts_what_was_captured_and_asks_for_a_training(
    watched: dict[str, Any],
) -> None:
    assert watched["performance"]["predictions"] == 600
    assert watched["performance"]["values"]["mean_error"] > 20
    assert watched["decision"]["status"] == "retrain"
    assert "mean error" in watched["decision"]["reason"]


def test_a_month_without_a_change_is_healthy(first: Training, tmp_path: Path) -> None:
    ask(source.read_features(MARCH, APRIL), "dev", tmp_path)
    run.main("2024-03", "dev", APRIL)
    assert read_report("2024-03", "dev")["decision"]["status"] == "healthy"


def test_the_page_of_the_monitor_shows_the_tasks_own_figures(watched: dict[str, Any]) -> None:
    page = (settings().reports / "prod" / "monitor-2024-04.html").read_text()
    figure = watched["performance"]["values"]["mean_error"]
    assert f"<dt>mean error</dt><dd>{figure:.2f}</dd>" in page


def test_a_smaller_error_beats_the_champion(second: Training) -> None:
    gain = second.verdict.checks[0]
    assert (second.verdict.passed, gain.name) == (True, "mean_error_gain")
    assert gain.value > 20


def test_a_release_leads_back_to_its_data(first: Training) -> None:
    digests = bundle.read_manifest(first.bundle)
    walk = {step.what: step.value for step in lineage.walk("prod")}
    assert digests.model.sha256 in walk["prediction"]
    assert digests.snapshot.digest in walk["snapshot"]


def test_the_model_card_says_what_is_predicted_and_how_well(first: Training, root: Path) -> None:
    card.main("prod")
    text = (root / card.PATH).read_text()
    error = bundle.read_manifest(first.bundle).metrics.values["mean_error"]
    assert "- `estimate`: Expected number." in text
    assert f"| mean error | {error:.2f} |" in text
    assert "| cost of wrong guesses per 1,000 rows (" in text


@pytest.fixture
def months(first: Training, watched: dict[str, Any], second: Training) -> list[Month]:
    """Return April as the demo would tell it."""
    values = watched["performance"]["values"]
    quality = objectives().quality_metric
    old, new = values["mean_error"], second.verdict.challenger.metrics.values["mean_error"]
    told = f"promoted v2 {quality.show(new)} after {quality.show(old)}"
    value = values[VALUE] * 0.6
    return [Month("2024-04", 600, 1, old, old, value, value, {}, [], told, "why")]


def test_the_demos_table_shows_the_tasks_own_figures_in_80_columns(months: list[Month]) -> None:
    console = Console(width=80, record=True)
    console.print(summary(months, objectives()))
    row = console.export_text().strip().splitlines()[-1].split()
    assert row[:4] == ["2024-04", "600", *2 * [f"{months[0].quality_first:.2f}"]]
    assert row[5:7] == ["promoted", "v2"]
    assert "released: 2024-04" in sentence(months, objectives())


def test_the_demos_page_is_written_in_the_tasks_words(months: list[Month], tmp_path: Path) -> None:
    report.write(tmp_path / "demo.html", months, ["release(prod)"], objectives())
    text = (tmp_path / "demo.html").read_text()
    assert "Mean error on the labels that had arrived, lower is better" in text
    assert f'data-head="quality first">{months[0].quality_first:.2f}</td>' in text


def test_a_family_that_does_not_know_the_loss_of_the_task_says_so(
    first: Training, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("letters.model.MODEL", Boosting())
    monkeypatch.setattr("letters.counting.Counting.loss", "poisson")
    assert isinstance(model(), Boosting)
    with pytest.raises(ProjectError, match="asks for poisson: choose another family"):
        steps.train(first.bundle.parent / "rows", tmp_path)
