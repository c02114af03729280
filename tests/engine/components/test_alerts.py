"""The alerts: metrics that exist, tests, runbooks."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from .rooms import recorded, rules, text, told_by_the_server, told_by_workflows

BUILT_IN = {
    *("alertmanager_notifications_failed_total", "kube_job_status_suspended", "up"),
    *("vl_free_disk_space_bytes", "vl_total_disk_space_bytes"),
}
FUNCTIONS = {"absent_over_time", "histogram_quantile", "last_over_time", "max_over_time"}
HEADINGS = ["Meaning", "Impact", "Diagnosis", "Mitigation", "Escalation"]
ALERTS = [rule for rule in rules() if "alert" in rule]


def runbook(alert: dict[str, Any]) -> str:
    """Return the path of the page that an alert links to; `late-parcels` stands for the server."""
    return str(alert["annotations"]["runbook_url"]).removeprefix("late-parcels/")


def names(expression: str) -> set[str]:
    """Return the metrics of an expression: no functions, labels or texts."""
    bare = re.sub(r"\{[^}]*\}|\"[^\"]*\"|\b(by|on|group_left) \([^)]*\)", "", expression)
    return set(re.findall(r"[a-z_]+[a-z_:0-9]*_[a-z_:0-9]+|\bup\b", bare)) - FUNCTIONS


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
    room = Path(runbook(alert)).parents[1]
    tests = yaml.safe_load(text(f"{room}/alerts.test.yaml"))["tests"]
    cases = [case for test in tests for case in test["alert_rule_test"]]
    own = [case for case in cases if case["alertname"] == alert["alert"]]
    assert {bool(case.get("exp_alerts")) for case in own} == {True, False}


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: str(alert["alert"]))
def test_every_alert_has_a_runbook_that_begins_with_a_command(alert: dict[str, Any]) -> None:
    page = text(runbook(alert))
    assert page.startswith(f"# {alert['alert']}\n")
    assert re.findall(r"^## (.+)$", page, re.M) == HEADINGS
    diagnosis = page.partition("## Diagnosis\n")[2].partition("\n## ")[0]
    assert re.search(r"^```console\n\$ ", diagnosis, re.M), "begin with a command to copy"
