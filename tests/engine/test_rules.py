"""`slipway rules` writes what Prometheus reads from objectives.yaml and pyproject.toml."""

import re
from pathlib import Path

import pytest
import yaml

from slipway import cli, rules
from tests.engine.components.rooms import text
from tests.engine.kit import forget


@pytest.fixture
def monitored(project: Path) -> Path:
    """Return a project with the components that Prometheus reads, as the template has them."""
    for path in rules.FILES:
        (project / path).parent.mkdir(parents=True, exist_ok=True)
        (project / path).write_text(text(path), "utf-8")
    return project


def change(path: Path, old: str, new: str) -> None:
    content = path.read_text("utf-8")
    assert old in content
    path.write_text(content.replace(old, new), "utf-8")
    forget()


def recorded(project: Path) -> dict[str, str]:
    groups = yaml.safe_load((project / rules.RULES).read_text("utf-8"))["groups"]
    return {rule["record"]: rule["expr"] for group in groups for rule in group["rules"]}


def test_a_changed_objective_is_stale_until_the_rules_are_written(monitored: Path) -> None:
    assert cli.main(["rules"]) == 0
    assert rules.stale() == []
    change(monitored / "objectives.yaml", "availability: 0.995", "availability: 0.9999")
    change(monitored / "objectives.yaml", "latency_p99_ms: 100", "latency_p99_ms: 30")
    assert rules.stale() == [rules.RULES]
    assert cli.main(["rules"]) == 0
    assert rules.stale() == []
    assert recorded(monitored)["serving:error_budget:ratio"] == "vector(0.0001)"
    assert recorded(monitored)["serving:latency_p99_objective:seconds"] == "vector(0.03)"
    assert recorded(monitored)["model:quality:better"] == "vector(1)"


def test_another_environment_is_stale_until_it_is_asked_too(monitored: Path) -> None:
    listed = '["dev", "staging", "prod"]'
    change(monitored / "pyproject.toml", listed, '["dev", "pre-prod", "prod"]')
    assert rules.SCRAPE in rules.stale()
    assert cli.main(["rules"]) == 0
    (job,) = yaml.safe_load((monitored / rules.SCRAPE).read_text("utf-8"))["scrape_configs"]
    assert job["dns_sd_configs"][0]["names"] == [
        f"serving-pods.late-parcels-{name}" for name in ("dev", "pre-prod", "prod")
    ]
    assert job["relabel_configs"][0]["regex"] == r"serving-pods\.late-parcels-(.+)"


def test_pods_of_another_environment_are_counted_too(monitored: Path) -> None:
    listed = '["dev", "staging", "prod"]'
    change(monitored / "pyproject.toml", listed, '["dev", "pre-prod", "prod"]')
    assert rules.PODS in rules.stale()
    assert cli.main(["rules"]) == 0
    (job,) = yaml.safe_load((monitored / rules.PODS).read_text("utf-8"))["scrape_configs"]
    kept, environment = job["metric_relabel_configs"]
    assert re.fullmatch(kept["regex"], "kube_pod_labels;late-parcels-pre-prod")
    assert re.fullmatch(kept["regex"], "kube_node_labels;")
    assert not re.fullmatch(kept["regex"], "kube_pod_labels;late-parcels-pre-prod-dev")
    assert environment["regex"] == "late-parcels-(dev|pre-prod|prod)"


def test_a_file_that_is_missing_is_stale_and_comes_back(monitored: Path) -> None:
    for path in rules.FILES:
        (monitored / path).unlink()
    assert rules.stale() == list(rules.FILES)
    assert cli.main(["rules"]) == 0
    assert rules.stale() == []


def test_what_the_template_renders_is_what_is_written(monitored: Path) -> None:
    (monitored / "objectives.yaml").write_text(text("objectives.yaml"), "utf-8")
    forget()
    assert rules.stale() == []


def test_without_monitoring_there_is_nothing_to_write(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = sorted(project.rglob("*"))
    assert cli.main(["rules"]) == 0
    assert capsys.readouterr().out == (
        "nothing to write: this project has no components/serving/monitoring.\n"
    )
    assert sorted(project.rglob("*")) == before


def test_wrong_objectives_leave_the_rules_as_they_are(
    monitored: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (monitored / rules.RULES).read_text("utf-8")
    change(monitored / "objectives.yaml", "availability: 0.995", "availability: 99.5")
    assert cli.main(["rules"]) == 1
    said = capsys.readouterr().err
    assert said.startswith("error: ")
    assert "serving.availability" in said
    assert said.count("\n") == 1
    assert (monitored / rules.RULES).read_text("utf-8") == before
