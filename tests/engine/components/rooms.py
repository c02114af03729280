"""What the components' rooms hold: rules, workflows' metrics, dashboards, as a project has them."""

import json
import re
from typing import Any

import yaml

from slipway.serve.telemetry import Metrics
from tests.engine.kit import TEMPLATE

ROOMS = ("components/serving/monitoring", "components/workflows/monitoring")
WITH_ALERTS = (
    *ROOMS,
    *(f"components/{name}monitoring" for name in ("", "queues/", "telemetry/")),
)
COST = "components/monitoring/cost"
RULES = (
    *(f"{room}/alerts.yaml" for room in WITH_ALERTS),
    "components/serving/monitoring/objectives.rules.yaml",
)
TAG = re.compile(r"#\{ (.*?) \}#")
EXAMPLE = "#{ binary }#"  # the directory of what only this task has
KEPT = re.compile(r"#% if telemetry %#\n(.*?)#% endif %#\n", re.S)  # of a project that keeps lines
PANEL = re.compile(r"#%- else %#\n(.*?)#%- endif %#", re.S)  # what questions say of its answers


def text(path: str) -> str:
    """Return a file of the template as a project has it; any name stands for an answer."""
    names = (
        f"{place}{suffix}" for suffix in ("", ".jinja") for place in (path, f"{EXAMPLE}/{path}")
    )
    file = next(TEMPLATE / name for name in names if (TEMPLATE / name).exists())
    if file.suffix != ".jinja":
        return file.read_text("utf-8")
    kept = KEPT.sub(r"\1", file.read_text("utf-8"))
    rendered = TAG.sub(lambda tag: _answer(tag[1]), kept)
    assert "#%" not in rendered, f"{path} depends on answers: render it instead"
    return rendered


def _answer(tag: str) -> str:
    """Return what stands for a tag; only the panel about the answers has a meaning here."""
    name, _, filters = tag.partition(" | ")
    answer = "late-parcels"
    if name.startswith("answers_panel."):
        questions = (TEMPLATE.parent / "questions/serving.yml").read_text("utf-8")
        (panel,) = PANEL.findall(questions)
        answer = yaml.safe_load(panel)[name.partition(".")[2]]
    return json.dumps(answer) if filters.startswith("to_json") else answer


def rules() -> list[dict[str, Any]]:
    """Return every alerting and recording rule."""
    files = [yaml.safe_load(text(path)) for path in RULES]
    return [rule for file in files for group in file["groups"] for rule in group["rules"]]


def recorded() -> set[str]:
    """Return the names that rules give to what they compute."""
    return {rule["record"] for rule in rules() if "record" in rule}


def counted() -> dict[str, set[str]]:
    """Return the labels of what is recorded about pods and prices."""
    listed = [
        rule
        for name in ("rules", "prices")
        for group in yaml.safe_load(text(f"{COST}/{name}.yaml"))["groups"]
        for rule in group["rules"]
    ]
    labels: dict[str, set[str]] = {}
    for rule in listed:
        grouped = " ".join(re.findall(r"\b(?:by|group_left) \(([^)]*)\)", rule["expr"]))
        known = {*re.findall(r"\w+", grouped), *rule.get("labels", {})}
        labels[rule["record"]] = labels.get(rule["record"], set()) | known
    labels["pod:reserved:total"] |= labels["pod:reserved:size"]  # which it multiplies
    return labels


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
