"""What is written twice is written equally."""

import re

import yaml

from slipway import schema
from slipway.objectives import objectives
from slipway.settings import settings

ALERTS = "components/serving/monitoring/alerts.yaml"
RECORDS = {
    "serving:error_budget:ratio": lambda: 1 - objectives().serving.availability,
    "serving:latency_p99_objective:seconds": lambda: objectives().serving.latency_p99_ms / 1000,
}


def test_the_alerts_have_the_objectives_of_this_project() -> None:
    path = settings().project_root / ALERTS
    groups = yaml.safe_load(path.read_text("utf-8"))["groups"] if path.exists() else []
    rules = [rule for group in groups for rule in group["rules"] if rule.get("record") in RECORDS]
    assert len(rules) == (len(RECORDS) if groups else 0)
    for rule in rules:
        written = re.fullmatch(r"vector\((.+)\)", rule["expr"])
        assert written, rule
        assert abs(float(written[1]) - RECORDS[rule["record"]]()) < 1e-9, f"mend {ALERTS}"


def test_the_data_dictionary_says_what_the_schema_says() -> None:
    page = (settings().project_root / schema.DICTIONARY).read_text("utf-8")
    assert page == schema.data_dictionary(), "run `make data-dictionary`"
