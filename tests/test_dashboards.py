"""Every query of a dashboard is PromQL, and reaches Grafana in a ConfigMap of its own."""

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from hooks.template import ROOT
from tests.kit import manifests
from tests.kit.project import Project, Renderer, answers_of

ROOMS = [
    "components/serving/monitoring",
    "components/workflows/monitoring",
    "components/monitoring/cost",
    "components/monitoring",
]

GRAFANA_TAKES = 40  # characters of an id
ANSWERS = {  # title and metric of the panel that says what clients are told
    "standard": ("Acted on", "predictions_flagged_total"),
    "multiclass": ("Answers", "predictions_classified_total"),
    "regression": ("Predicted value", "predicted_value_bucket"),
}


def queries(text: str) -> list[str]:
    """Return what a dashboard asks Prometheus, for one environment and one week."""
    targets = [target for panel in json.loads(text)["panels"] for target in panel["targets"]]
    named = [target["expr"].replace("$environment", "prod") for target in targets]
    return [text.replace("$__range", "7d") for text in named]


def parsed(expressions: list[str], directory: Path) -> subprocess.CompletedProcess[str]:
    """Let promtool read the expressions as rules."""
    program = shutil.which("promtool")
    assert program, "promtool is missing: install the package prometheus."
    rules = [{"record": f"query:{n}", "expr": text} for n, text in enumerate(expressions)]
    file = directory / "rules.yaml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "queries", "rules": rules}]}), "utf-8")
    return subprocess.run([program, "check", "rules", file], capture_output=True, text=True)


@pytest.mark.parametrize("room", ROOMS)
def test_every_query_is_promql(
    room: str, standard: Project, tmp_path: Path, count: Callable[[str, int, int], None]
) -> None:
    asked = queries((standard.path / room / "dashboard.json").read_text("utf-8"))
    done = parsed(asked, tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    count(f"queries {room}", len(asked), 6)


@pytest.mark.parametrize("scenario", ANSWERS)
def test_the_panel_about_the_answers_speaks_of_the_task(
    scenario: str, render: Renderer, tmp_path: Path
) -> None:
    project = render(answers_of(ROOT / f"tests/scenarios/{scenario}.yml"))
    text = (project.path / ROOMS[0] / "dashboard.json").read_text("utf-8")
    (panel,) = (panel for panel in json.loads(text)["panels"] if panel["id"] == 3)
    title, metric = ANSWERS[scenario]
    assert panel["title"] == title
    assert f"({metric}{{" in panel["targets"][0]["expr"]
    done = parsed(queries(text), tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_query_that_is_not_promql_is_noticed(standard: Project, tmp_path: Path) -> None:
    text = (standard.path / ROOMS[0] / "dashboard.json").read_text("utf-8")
    assert "sum by (status)" in text
    assert parsed(queries(text.replace("sum by (status)", "sum by status")), tmp_path).returncode


def test_grafana_finds_the_dashboards_by_their_label(standard: Project) -> None:
    found = [
        built
        for built in manifests.build(standard.path, "components/monitoring")
        if built.object["metadata"].get("labels", {}).get("grafana_dashboard") == "1"
    ]
    files = {name: text for built in found for name, text in built.object["data"].items()}
    assert len(found) == len(files) == len(ROOMS)
    assert all(name.startswith("flight-delays-") for name in files)  # Grafana has one directory
    assert all(json.loads(text)["title"].startswith("flight-delays: ") for text in files.values())
    uids = {json.loads(text)["uid"] for text in files.values()}
    assert uids == {f"flight-delays-{name}" for name in ("service", "model", "cost", "overview")}


def test_a_dashboard_of_the_longest_name_has_an_id_that_grafana_takes(render: Renderer) -> None:
    project = render(answers_of(ROOT / "tests/scenarios/longest-names.yml"))
    for room in ROOMS:
        text = (project.path / room / "dashboard.json").read_text("utf-8")
        assert len(json.loads(text)["uid"]) <= GRAFANA_TAKES
