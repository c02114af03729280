"""What a project's files say of metrics: workflows that tell some, and rules that record others."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from ..settings import settings
from .metric import Metric

WORKFLOWS = "workflows, by way of their controller"
PREFIX = "argo_workflows_"  # the controller's, of every metric that a workflow tells
RULES = "components/**/*.yaml"
TOLD = "components/workflows/monitoring/metrics-*.yaml"
DASHBOARDS = "components/**/dashboard.json"
SCALED = "components/keda/**/scaledobject.yaml"
KEYS = re.compile(r"\b(?:by|group_left) \(([^)]*)\)")
COMMENT = re.compile(r"- record: (\S+) # (.+)")


class Query(NamedTuple):
    """What is asked of Prometheus: in which file, by what, and as PromQL."""

    where: str
    what: str
    expression: str


def of_workflows() -> Iterator[Metric]:
    """Yield what workflows tell their controller when they end."""
    for path in _found(TOLD):
        for patch in yaml.safe_load(path.read_text("utf-8")):
            for told in _metrics(patch["value"]):
                labels = tuple(label["key"] for label in told.get("labels", []))
                yield Metric(WORKFLOWS, PREFIX + told["name"], "gauge", labels, told["help"])


def _metrics(value: Any) -> list[dict[str, Any]]:
    return list(value.get("prometheus", [])) if isinstance(value, dict) else []


def of_rules() -> Iterator[Metric]:
    """Yield what rules record; its meaning is the comment beside its name."""
    for path in _found(RULES):
        text = path.read_text("utf-8")
        meanings = dict(COMMENT.findall(text))
        labels: dict[str, set[str]] = {}
        for rule in _rules(text):
            if "record" in rule:
                grouped = re.findall(r"\w+", " ".join(KEYS.findall(rule["expr"])))
                labels.setdefault(rule["record"], set()).update(grouped, rule.get("labels", {}))
        for name, keys in labels.items():
            meaning = meanings.get(name, "")
            yield Metric(f"`{_name(path)}`", name, "recorded", tuple(sorted(keys)), meaning)


def queries() -> Iterator[Query]:
    """Yield every query of alerts, rules, dashboards and what scales pods."""
    for path in _found(RULES):
        for rule in _rules(path.read_text("utf-8")):
            what = f"alert {rule['alert']}" if "alert" in rule else f"rule {rule['record']}"
            yield Query(_name(path), what, rule["expr"])
    for path in _found(DASHBOARDS):
        board = json.loads(path.read_text("utf-8"))
        title = board["title"].rpartition(": ")[2]
        for panel in board["panels"]:
            for target in panel.get("targets", []):
                yield Query(_name(path), f"dashboard {title}", target["expr"])
    for path in _found(SCALED):
        for trigger in yaml.safe_load(path.read_text("utf-8"))["spec"]["triggers"]:
            if "query" in trigger["metadata"]:
                yield Query(_name(path), "scaling", trigger["metadata"]["query"])


def _rules(text: str) -> Iterator[dict[str, Any]]:
    if re.search(r"^groups:$", text, re.M):
        for group in yaml.safe_load(text)["groups"]:
            yield from group["rules"]


def _found(pattern: str) -> list[Path]:
    return sorted(settings().project_root.glob(pattern))


def _name(path: Path) -> str:
    return path.relative_to(settings().project_root).as_posix()
