"""The list of metrics is what the programs tell, and finds a query that asks for something else."""

import json
import re
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from slipway import cli
from slipway.metrics import catalogue, uses
from slipway.metrics.metric import Metric
from slipway.metrics.rooms import Query
from tests.engine.kit import TOYS, enter
from tests.engine.serve.process import Server

NUMBERS = {"multiclass": "predicted_probability", "regression": "predicted_value"}
BOARD = "components/serving/monitoring/dashboard.json"
ALERTS = "components/serving/monitoring/alerts.yaml"
TOLD = "components/workflows/monitoring/metrics-train.yaml"


def listed() -> dict[str, Metric]:
    return {metric.name: metric for metric in catalogue.read()}


def write(project: Path, path: str, text: str) -> None:
    (project / path).parent.mkdir(parents=True, exist_ok=True)
    (project / path).write_text(text, "utf-8")


def test_everything_that_a_running_server_tells_is_listed(server: Server) -> None:
    text = server.client.get("/metrics").text
    families = list(text_string_to_metric_families(text))
    told = {sample.name for family in families for sample in family.samples}
    known = {name for metric in catalogue.read() for name in metric.samples}
    assert len(told) >= 19
    assert told - known == set()
    labels = {
        (sample.name, label)
        for family in families
        for sample in family.samples
        for label in sample.labels
        if label != "le"
    }
    own = {(name, label) for it in catalogue.read() for name in it.samples for label in it.labels}
    assert labels - own == set()


@pytest.mark.parametrize("task", NUMBERS)
def test_the_numbers_that_a_task_predicts_are_listed(
    task: str, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "prediction" in listed()
    enter(project, monkeypatch, TOYS.parent / task)
    assert NUMBERS[task] in listed()
    assert "prediction" not in listed()


def test_names_say_their_units_as_openmetrics_does() -> None:
    for metric in catalogue.read():
        assert re.fullmatch(r"[a-z][a-z0-9_]*", metric.name)
        assert metric.name.endswith("_total") == (metric.kind == "counter"), metric.name
        assert not re.search(r"_(ms|milliseconds|minutes|hours|kb|mb|percent)\b", metric.name)
    assert listed()["http_request_duration_seconds"].unit == "seconds"
    assert listed()["predictions_total"].unit == "rows"
    assert listed()["model_labelled_share"].unit == "0 to 1"


def test_every_metric_has_a_meaning_of_one_sentence() -> None:
    meanings = [metric.meaning for metric in catalogue.read()]
    assert len(meanings) >= 30
    assert [meaning for meaning in meanings if not meaning.endswith(".")] == []


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (
            'sum by (route) (rate(a_total{b="c_d"}[5m])) / on (e) group_left () f:g',
            {"a_total", "f:g"},
        ),
        ("max(last_over_time(a[30d] offset 1d)) or vector(0)", {"a"}),
        ("time() - a > bool 3 unless on () b", {"a", "b"}),
        ('label_replace(a, "b", "$1", "c", "(.+)")', {"a"}),
        ("absent(up == 1) and 1e6 > inf", {"up"}),
    ],
)
def test_the_metrics_of_a_query_are_its_names_without_functions_and_labels(
    expression: str, expected: set[str]
) -> None:
    assert uses.names(expression) == expected


def test_alerts_and_dashboards_stand_beside_what_they_ask_for(project: Path) -> None:
    rule = (
        'alert: Lost\n        expr: sum(rate(capture_dropped_predictions_total{a="b"}[5m])) > 0\n'
    )
    write(project, ALERTS, f"groups:\n  - name: x\n    rules:\n      - {rule}")
    panel = {"targets": [{"expr": "sum(capture_dropped_predictions_total)"}]}
    write(project, BOARD, json.dumps({"title": "late-parcels: model service", "panels": [panel]}))
    metric = listed()["capture_dropped_predictions_total"]
    assert uses.of(metric, uses.read()) == ["alert Lost", "dashboard model service"]


def test_what_a_workflow_tells_is_listed_under_the_name_that_its_controller_gives(
    project: Path,
) -> None:
    told = "{name: training_failed, help: 1 when it failed., gauge: {value: '1'}}"
    write(project, TOLD, f"- {{op: add, path: /x, value: {{prometheus: [{told}]}}}}\n")
    assert listed()["argo_workflows_training_failed"].meaning == "1 when it failed."


def test_a_recorded_rule_is_listed_with_its_comment_and_its_labels(project: Path) -> None:
    rule = "record: a:b:ratio # share of c\n        expr: sum by (d, e) (f) / sum(f)\n"
    write(project, ALERTS, f"groups:\n  - name: x\n    rules:\n      - {rule}")
    metric = listed()["a:b:ratio"]
    assert (metric.meaning, metric.labels, metric.unit) == ("share of c", ("d", "e"), "0 to 1")


def test_a_query_of_what_nothing_tells_is_named(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(project, ALERTS, "groups:\n  - rules:\n      - {alert: A, expr: prediction_total > 0}\n")
    assert cli.main(["metrics", "--output", str(project / "build/metrics.md")]) == 0
    warning, said = capsys.readouterr().out.splitlines()
    assert warning.startswith(f"warning: {ALERTS}: the alert A asks for prediction_total, which ")
    assert " metrics, asked for by 1 queries." in said


def test_a_page_is_a_table_a_source(project: Path) -> None:
    page = project / "build/metrics.md"
    assert cli.main(["metrics", "--output", str(page)]) == 0
    text = page.read_text("utf-8")
    assert re.findall(r"^## (.+)$", text, re.M)[0] == "The server, `/metrics`"
    rows = [line.count(" | ") for line in text.splitlines() if line.startswith("| `")]
    assert len(rows) == len(catalogue.read())
    assert set(rows) == {5}


def test_unknown_names_are_those_that_no_sample_has() -> None:
    asked = {name: [Query("x", "y", name)] for name in ("up", "a_bucket", "a")}
    known = [Metric("s", "a", "histogram", (), ""), Metric("s", "up", "gauge", (), "")]
    assert uses.unknown(known, asked) == {"a"}
