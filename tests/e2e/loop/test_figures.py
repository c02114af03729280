"""What the monitor finds reaches Prometheus, where alerts read it."""

import json
from typing import Any

import pytest

from tests.e2e.kit import waiting
from tests.e2e.kit.delivery import Delivered
from tests.e2e.kit.workflows import run

MONTH = "2013-07"
ALERTS = {"ChallengersRefused", "MonitorStale", "TrainingFailed"}
FIGURES = ["drifted_columns", "labelled_share", "quality", "refusals", "watched_seconds"]


def prometheus(project: Delivered, path: str) -> Any:
    """Return what Prometheus answers."""
    service = f"namespaces/{project.namespace('monitoring')}/services/prometheus:9090"
    raw = project.kubectl("get", f"--raw=/api/v1/{service}/proxy/api/v1/{path}")
    return json.loads(raw)["data"]


@pytest.fixture(scope="module")
def watched(released: Delivered) -> Delivered:
    """Let the monitor look at a month."""
    released.make("replay", f"MONTH={MONTH}", "ENV=prod")
    run(released, "watch", env="prod", month=MONTH)
    return released


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_of_the_monitor_reaches_prometheus(name: str, watched: Delivered) -> None:
    query = f"query?query=argo_workflows_model_{name}"

    def known() -> bool:
        found = prometheus(watched, query)["result"]
        return [item["metric"]["environment"] for item in found] == ["prod"]

    waiting.until(known, 90, lambda: json.dumps(prometheus(watched, "targets"))[:3000])


def test_the_alerts_of_the_loop_are_loaded_and_can_be_evaluated(watched: Delivered) -> None:
    groups = prometheus(watched, "rules?type=alert")["groups"]
    health = {rule["name"]: rule["health"] for group in groups for rule in group["rules"]}
    assert {name: health.get(name) for name in ALERTS} == dict.fromkeys(ALERTS, "ok")
