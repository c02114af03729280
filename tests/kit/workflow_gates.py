"""What holds for every Workflow, WorkflowTemplate and CronWorkflow of a project."""

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from hooks.template import ROOT

from . import manifests
from .gates import Findings, Gate, texts
from .manifests import Built, Object

KINDS = {"CronWorkflow", "Workflow", "WorkflowTemplate"}
BOUNDS = {f"{kind}.{what}" for kind in ("limits", "requests") for what in ("cpu", "memory")}
SECTIONS = ("## Meaning", "## Impact", "## Diagnosis", "## Mitigation", "## Escalation")


def workflows(directory: Path) -> list[Built]:
    """Return the objects that Argo Workflows reads, those that a sensor makes included."""
    objects = manifests.applied(directory)
    found = [built for built in objects if built.kind in KINDS]
    for sensor in (built for built in objects if built.kind == "Sensor"):
        for trigger in sensor.object["spec"]["triggers"]:
            item = trigger["template"]["k8s"]["source"]["resource"]
            given = {"name": trigger["template"]["name"], "namespace": sensor.namespace}
            found.append(Built(sensor.leaf, item | {"metadata": item["metadata"] | given}))
    return found


def argo_lint(directory: Path) -> Findings:
    """Argo's own linter accepts every object, and finds every template that another one calls."""
    objects = workflows(directory)
    findings = Findings()
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        yaml.safe_dump_all([built.object for built in objects], file)
        file.flush()
        done = _run("argo-lint", file.name)
    said = done.stdout + done.stderr
    for built in objects:
        mine = re.findall(rf'in "{re.escape(built.name)}" \({built.kind}\): (.*)', said)
        findings.add(f"{built}: {problem}" for problem in mine)
    if done.returncode and not findings.problems:
        findings.problems.append(said)
    return findings


def events_lint(directory: Path) -> Findings:
    """Argo Events' own linter accepts every source of events and every sensor."""
    findings = Findings()
    for built in manifests.applied(directory):
        if built.kind in {"EventSource", "Sensor"}:
            with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
                yaml.safe_dump(built.object, file)
                file.flush()
                done = _run("argo-events", "lint", "--strict", file.name)
            findings.add([f"{built}: {done.stdout + done.stderr}"] * (done.returncode != 0))
    return findings


def injection(directory: Path) -> Findings:
    """No text of a parameter is pasted into what a container runs; it comes by environment."""
    findings = Findings()
    for built in workflows(directory):
        for container in _containers(built.object):
            parts = [*container.get("command", []), *container.get("args", [])]
            for text in [*parts, container.get("source", "")]:
                findings.add([f"{built}: pastes into `{text.strip()[:60]}`"] * ("{{" in text))
    return findings


def bounded(directory: Path) -> Findings:
    """Every container says what it runs and how much it may use, and every pod ends in time."""
    findings = Findings()
    for built in workflows(directory):
        for template in _templates(built.object):
            if {"container", "script"} & template.keys():
                late = "activeDeadlineSeconds" not in template
                findings.add([f"{built}: {template['name']} has no deadline"] * late)
        for container in _containers(built.object):
            resources = container.get("resources", {})
            has = {f"{kind}.{what}" for kind, amounts in resources.items() for what in amounts}
            lacks = sorted(BOUNDS - has) + ["command"] * ("command" not in container)
            findings.add(f"{built}: {_name(container)} lacks {what}" for what in lacks)
    return findings


def runbooks(directory: Path) -> Findings:
    """Every template names its runbook, which says at 3 a.m. what to do."""
    findings = Findings()
    for built in workflows(directory):
        link = built.object["metadata"].get("annotations", {}).get("runbook_url", "")
        page = _linked(directory, link)
        if not page.is_file():
            findings.add([f"{built}: has no runbook"])
            continue
        text = page.read_text("utf-8")
        findings.add(f"{page.name}: lacks {part}" for part in SECTIONS if part not in text)
    return findings


def runbook_links(directory: Path) -> Findings:
    """Every link to a runbook leads to a file of this project in its own Git server."""
    server = _repository(directory)
    findings = Findings()
    for name, text in texts(directory):
        for link in re.findall(r"^\s*runbook(?:_url)?: (.+)$", text, re.M) * name.endswith(".yaml"):
            own = link.startswith(f"{server}/") and _linked(directory, link).is_file()
            findings.add([f"{name}: {link} leads to no file of this project"] * (not own))
    return findings


def _repository(directory: Path) -> str:
    """Return where a browser finds the repository: no user, no port of SSH, no suffix."""
    answers = yaml.safe_load((directory / ".copier-answers.yml").read_text("utf-8"))
    address = str(answers["git_url"]).removesuffix(".git")
    return re.sub(r"^ssh://git@([^:/]+)(:[0-9]+)?", r"https://\1", address)


def _linked(directory: Path, link: str) -> Path:
    """Return the file that a link to the main branch shows, as GitHub or GitLab writes it."""
    return directory / link.partition("/blob/main/")[2]


def _run(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a linter that is compiled from its published module, unless it is cached."""
    sys.path.insert(0, str(ROOT))
    from offline import binaries

    command = [str(binaries.build(program) / program), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def _templates(item: Object) -> list[dict[str, Any]]:
    spec = item["spec"].get("workflowSpec", item["spec"])
    templates: list[dict[str, Any]] = spec.get("templates", [])
    return templates


def _containers(item: Object) -> Iterator[dict[str, Any]]:
    for template in _templates(item):
        yield from (template[kind] for kind in ("container", "script") if kind in template)
        for kind in ("initContainers", "sidecars"):
            yield from template.get(kind, [])


def _name(container: dict[str, Any]) -> str:
    return str(container.get("name", "main"))


WORKFLOWS = [
    Gate(argo_lint, floor=10),
    Gate(events_lint, floor=2),
    Gate(injection, floor=60),
    Gate(bounded, floor=16),
    Gate(runbooks, floor=10),
    Gate(runbook_links, floor=20),
]
