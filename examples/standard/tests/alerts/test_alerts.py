"""The alerts: same numbers as the objectives, metrics that exist, tests, runbooks."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from flight_delays import objectives
from flight_delays.serve.telemetry import Metrics

ROOT = Path(__file__).parents[2]
ROOMS = [ROOT / "serving/monitoring", ROOT / "workflows/monitoring"]
BUILT_IN = {"up"}
FUNCTIONS = {"absent_over_time", "histogram_quantile", "last_over_time", "max_over_time"}
HEADINGS = ["Meaning", "Impact", "Diagnosis", "Mitigation", "Escalation"]


def rules() -> list[dict[str, Any]]:
    files = [yaml.safe_load((room / "alerts.yaml").read_text("utf-8")) for room in ROOMS]
    return [rule for file in files for group in file["groups"] for rule in group["rules"]]


def told_by_workflows() -> set[str]:
    """Return the metrics that workflows hand to their controller, as it names them."""
    files = (ROOT / "workflows/monitoring").glob("metrics-*.yaml")
    patches = [patch for file in files for patch in yaml.safe_load(file.read_text("utf-8"))]
    metrics = [patch["value"]["prometheus"] for patch in patches if "prometheus" in patch["value"]]
    return {f"argo_workflows_{metric['name']}" for listed in metrics for metric in listed}


ALERTS = [rule for rule in rules() if "alert" in rule]


def constant(name: str) -> float:
    (expression,) = [rule["expr"] for rule in rules() if rule.get("record") == name]
    return float(re.fullmatch(r"vector\((.+)\)", expression)[1])  # type: ignore[index]


def test_the_objectives_of_the_alerts_are_those_of_the_project() -> None:
    target = objectives.load(ROOT / "objectives.yaml").serving
    assert constant("serving:error_budget:ratio") == pytest.approx(1 - target.availability)
    assert constant("serving:latency_p99_objective:seconds") * 1000 == target.latency_p99_ms


def test_every_metric_of_a_rule_exists() -> None:
    exported = {sample.name for family in Metrics().registry.collect() for sample in family.samples}
    families = {family.name for family in Metrics().registry.collect()}
    recorded = {rule["record"] for rule in rules() if "record" in rule}
    known = exported | recorded | told_by_workflows() | BUILT_IN
    known |= {f"{name}{end}" for name in families for end in ("_bucket", "_total")}
    used = set()
    for rule in rules():
        text = re.sub(r"\{[^}]*\}|\"[^\"]*\"|\b(by|on|group_left) \([^)]*\)", "", rule["expr"])
        used |= set(re.findall(r"[a-z_]+[a-z_:0-9]*_[a-z_:0-9]+|\bup\b", text))
    assert len(used) >= 11
    assert used - FUNCTIONS - {"group_left"} <= known


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: str(alert["alert"]))
def test_every_alert_has_a_test_and_a_runbook(alert: dict[str, Any]) -> None:
    room = ROOT / Path(alert["annotations"]["runbook"]).parents[1]
    tests = yaml.safe_load((room / "alerts.test.yaml").read_text("utf-8"))["tests"]
    cases = [case for test in tests for case in test["alert_rule_test"]]
    mine = [case for case in cases if case["alertname"] == alert["alert"]]
    assert {bool(case.get("exp_alerts")) for case in mine} == {True, False}
    page = (ROOT / alert["annotations"]["runbook"]).read_text("utf-8")
    assert page.startswith(f"# {alert['alert']}\n")
    assert re.findall(r"^## (.+)$", page, re.M) == HEADINGS
    diagnosis = page.partition("## Diagnosis\n")[2].partition("\n## ")[0]
    assert re.search(r"^```console\n\$ ", diagnosis, re.M), "begin with a command to copy"
