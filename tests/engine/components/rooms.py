"""What the components' rooms hold: rules, workflows' metrics, dashboards, as a project has them."""

import json
import re
from typing import Any

import yaml

from slipway.serve.telemetry import Metrics
from tests.engine.kit import TEMPLATE

ROOMS = ("components/serving/monitoring", "components/workflows/monitoring")
RULES = (
    *(f"{room}/alerts.yaml" for room in ROOMS),
    "components/serving/monitoring/objectives.rules.yaml",
)
TAG = re.compile(r"#\{.*?\}#")
EXAMPLE = "#{ binary }#"  # the directory of what only this task has


def text(path: str) -> str:
    """Return a file of the template as a project has it; any name stands for an answer."""
    names = (
        f"{place}{suffix}" for suffix in ("", ".jinja") for place in (path, f"{EXAMPLE}/{path}")
    )
    file = next(TEMPLATE / name for name in names if (TEMPLATE / name).exists())
    if file.suffix != ".jinja":
        return file.read_text("utf-8")
    rendered = TAG.sub("late-parcels", file.read_text("utf-8"))
    assert "#%" not in rendered, f"{path} depends on answers: render it instead"
    return rendered


def rules() -> list[dict[str, Any]]:
    """Return every alerting and recording rule."""
    files = [yaml.safe_load(text(path)) for path in RULES]
    return [rule for file in files for group in file["groups"] for rule in group["rules"]]


def recorded() -> set[str]:
    """Return the names that rules give to what they compute."""
    return {rule["record"] for rule in rules() if "record" in rule}


def told_by_workflows() -> dict[str, set[str]]:
    """Return the labels of what workflows tell their controller, by the names that it gives."""
    labels = {}
    for path in sorted((TEMPLATE / "components/workflows/monitoring").glob("metrics-*.yaml")):
        for patch in yaml.safe_load(path.read_text("utf-8")):
            for metric in patch["value"].get("prometheus", []):
                keys = {label["key"] for label in metric.get("labels", [])}
                labels[f"argo_workflows_{metric['name']}"] = keys
    return labels


def told_by_the_server() -> dict[str, set[str]]:
    """Return the labels of everything that /metrics of the server has, by the name of a sample."""
    labels: dict[str, set[str]] = {}
    for collector in vars(Metrics()).values():
        if hasattr(collector, "describe"):
            own = set(collector._labelnames)
            for family in collector.describe():
                ends = _ends(family.type)
                labels |= {family.name + end: added | own for end, added in ends.items()}
    return labels


def _ends(kind: str) -> dict[str, set[str]]:
    """Return how the samples of a kind of metric end, and the labels that they have besides."""
    if kind == "histogram":
        return {"_bucket": {"le"}, "_count": set(), "_sum": set()}
    return {"_total": set()} if kind == "counter" else {"": set()}


def panels(room: str) -> list[dict[str, Any]]:
    """Return the panels of a room's dashboard."""
    listed: list[dict[str, Any]] = json.loads(text(f"{room}/dashboard.json"))["panels"]
    return listed
