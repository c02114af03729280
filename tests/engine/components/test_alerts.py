"""The alerts: same numbers as the objectives, metrics that exist, tests, runbooks."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from slipway import objectives

from .rooms import recorded, rules, text, told_by_the_server, told_by_workflows

BUILT_IN = {"up"}
FUNCTIONS = {"absent_over_time", "histogram_quantile", "last_over_time", "max_over_time"}
HEADINGS = ["Meaning", "Impact", "Diagnosis", "Mitigation", "Escalation"]
ALERTS = [rule for rule in rules() if "alert" in rule]


def constant(name: str) -> float:
    (expression,) = [rule["expr"] for rule in rules() if rule.get("record") == name]
    match = re.fullmatch(r"vector\((.+)\)", expression)
    assert match, expression
    return float(match[1])


def names(expression: str) -> set[str]:
    """Return the metrics of an expression: no functions, labels or texts."""
    bare = re.sub(r"\{[^}]*\}|\"[^\"]*\"|\b(by|on|group_left) \([^)]*\)", "", expression)
    return set(re.findall(r"[a-z_]+[a-z_:0-9]*_[a-z_:0-9]+|\bup\b", bare)) - FUNCTIONS


def test_the_objectives_of_the_alerts_are_those_of_the_project(tmp_path: Path) -> None:
    path = tmp_path / "objectives.yaml"
    path.write_text(text("objectives.yaml"))
    target = objectives.load(path).serving
    assert constant("serving:error_budget:ratio") == pytest.approx(1 - target.availability)
    assert constant("serving:latency_p99_objective:seconds") * 1000 == target.latency_p99_ms


def test_every_metric_of_a_rule_exists() -> None:
    known = {*told_by_the_server(), *told_by_workflows()} | recorded() | BUILT_IN
    used = {name for rule in rules() for name in names(rule["expr"])} - {"group_left"}
    assert len(used) >= 11
    assert used <= known


def test_a_metric_that_nothing_measures_would_be_seen() -> None:
    expression = 'rate(http_request_total{route="infer"}[5m]) > on () group_left () up'
    unknown = names(expression) - told_by_the_server().keys() - {"group_left"} - BUILT_IN
    assert unknown == {"http_request_total"}


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: str(alert["alert"]))
def test_every_alert_has_tests_in_which_it_fires_and_is_quiet(alert: dict[str, Any]) -> None:
    room = Path(alert["annotations"]["runbook"]).parents[1]
    tests = yaml.safe_load(text(f"{room}/alerts.test.yaml"))["tests"]
    cases = [case for test in tests for case in test["alert_rule_test"]]
    own = [case for case in cases if case["alertname"] == alert["alert"]]
    assert {bool(case.get("exp_alerts")) for case in own} == {True, False}


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: str(alert["alert"]))
def test_every_alert_has_a_runbook_that_begins_with_a_command(alert: dict[str, Any]) -> None:
    page = text(alert["annotations"]["runbook"])
    assert page.startswith(f"# {alert['alert']}\n")
    assert re.findall(r"^## (.+)$", page, re.M) == HEADINGS
    diagnosis = page.partition("## Diagnosis\n")[2].partition("\n## ")[0]
    assert re.search(r"^```console\n\$ ", diagnosis, re.M), "begin with a command to copy"
