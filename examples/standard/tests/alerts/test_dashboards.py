"""The dashboards show what is measured: every query names metrics and labels that exist."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from flight_delays.serve.telemetry import Metrics

ROOT = Path(__file__).parents[2]
DASHBOARDS = sorted(ROOT.glob("*/monitoring/dashboard.json"))
OF_PROMETHEUS = {"up", "process_cpu_seconds_total", "process_resident_memory_bytes"}
ADDED = {"environment", "instance", "job"}  # labels that Prometheus gives to what it scrapes
OPERATORS = {"and", "or", "unless"}
SELECTOR = re.compile(r"([a-z_:][\w:]*)\{([^}]*)\}")


def queries(path: Path) -> Iterator[str]:
    for panel in json.loads(path.read_text("utf-8"))["panels"]:
        yield from (target["expr"] for target in panel["targets"])


def measured() -> dict[str, set[str]]:
    """Return the labels of every metric of the server, of the workflows, and of the rules."""
    known = {name: {"environment"} for name in recorded()} | told_by_workflows()
    for collector in vars(Metrics()).values():
        if hasattr(collector, "describe"):
            labels = set(collector._labelnames)
            for family in collector.describe():
                ends = ("", "_total", "_bucket", "_count", "_sum")
                known |= {family.name + end: labels | {"le"} for end in ends}
    return known | {name: set() for name in OF_PROMETHEUS}


def names(query: str) -> set[str]:
    """Return the metrics that a query asks for: every name that is no function and no label."""
    bare = re.sub(r"\{[^}]*\}|\[[^]]*\]|\bby \([^)]*\)", " ", query)
    return set(re.findall(r"[a-z_:][\w:]*+(?!\s*\()", bare)) - OPERATORS


def recorded() -> set[str]:
    files = [path.with_name("alerts.yaml") for path in DASHBOARDS]
    rules = [
        rule
        for file in files
        for group in yaml.safe_load(file.read_text("utf-8"))["groups"]
        for rule in group["rules"]
    ]
    return {rule["record"] for rule in rules if "record" in rule}


def told_by_workflows() -> dict[str, set[str]]:
    """Return the metrics that workflows hand to their controller, as it names them."""
    found: dict[str, set[str]] = {}
    for path in (ROOT / "workflows/monitoring").glob("metrics-*.yaml"):
        for patch in yaml.safe_load(path.read_text("utf-8")):
            metrics: list[dict[str, Any]] = patch["value"].get("prometheus", [])
            for metric in metrics:
                labels = {label["key"] for label in metric.get("labels", [])}
                found[f"argo_workflows_{metric['name']}"] = labels
    return found


@pytest.mark.parametrize("path", DASHBOARDS, ids=lambda path: str(path.parts[-3]))
def test_every_query_asks_for_what_is_measured(path: Path) -> None:
    known = measured()
    asked = {name for query in queries(path) for name in names(query)}
    assert len(asked) >= 6
    assert asked <= known.keys()
    for query in queries(path):
        for name, matchers in SELECTOR.findall(query):
            labels = set(re.findall(r"(\w+)(?:=~|!~|!=|=)", matchers))
            assert labels <= known[name] | ADDED, query


@pytest.mark.parametrize("path", DASHBOARDS, ids=lambda path: str(path.parts[-3]))
def test_every_panel_explains_itself_and_overlaps_no_other(path: Path) -> None:
    taken: set[tuple[int, int]] = set()
    for panel in json.loads(path.read_text("utf-8"))["panels"]:
        assert panel["title"]
        assert panel["description"].endswith(".")
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert max(x for x, _ in cells) < 24
        assert not cells & taken, panel["title"]
        taken |= cells
