"""The runs of a cluster that went wrong: trainings, scorings and workflows are all workflows."""

import re
from typing import Any

from ..errors import ProjectError
from ..settings import settings
from . import commands

ROOM = "components/argo-workflows"
LOGS = "components/telemetry"
FAILED = {"Failed", "Error"}
SHOWN = 5
GENERIC = {"executor", "root"}  # nodes of Kubeflow's that are no step
RETRY = re.compile(r"\(\d+\)$")
RUN_ID = "pipeline/runid"  # the label with Kubeflow's id


def failed() -> list[str]:
    """Return a table of the newest runs that failed, with the step that did; or nothing."""
    if not (settings().project_root / ROOM).is_dir():
        return []
    try:
        listed = _workflows()
    except ProjectError as error:  # the table above is worth its exit code
        return ["", f"Which runs failed is not known: {error}"]
    runs = [run for run in listed if run.get("status", {}).get("phase") in FAILED]
    newest = sorted(runs, key=lambda run: str(run["status"].get("finishedAt")))[-SHOWN:]
    if not newest:
        return []
    lines = ["", f"{'FAILED RUN':<40} {'ENDED':<20} STEP"]
    for run in newest:
        ended = run["status"].get("finishedAt") or ""
        lines.append(f"{run['metadata']['name']:<40} {ended:<20} {step(run)}")
    telling = [run for run in newest if step(run)] or newest  # not one that waited for another
    return [*lines, _next(str(telling[-1]["metadata"]["name"]))]


def _next(run: str) -> str:
    """Say where to look."""
    if not (settings().project_root / LOGS).is_dir():
        return "What a run said: docs/what-happened-to-my-run.md says where to look."
    return f"What a run said: make logs WHERE={commands.target().directory} RUN={run}"


def named(identity: str) -> str:
    """Return the workflow of a run of Kubeflow; any other name stays as it is."""
    found = [
        run["metadata"]["name"]
        for run in _workflows(f"--selector={RUN_ID}={identity}")
        if run["metadata"].get("labels", {}).get(RUN_ID) == identity
    ]
    return found[0] if found else identity


def step(run: dict[str, Any]) -> str:
    """Return the first step of a workflow that failed; empty when none began."""
    nodes = [
        node
        for node in run["status"].get("nodes", {}).values()
        if node.get("phase") in FAILED and node["displayName"] not in GENERIC
    ]
    nodes.sort(key=lambda node: (str(node.get("finishedAt")), -len(node["id"])))
    names = [RETRY.sub("", node["displayName"]) for node in nodes]
    own = run["metadata"]["name"]
    return next((name for name in names if name not in GENERIC | {own}), "")


def _workflows(*selected: str) -> list[dict[str, Any]]:
    namespace = f"--namespace={commands.name()}-pipelines"
    return commands.get("workflows.argoproj.io", namespace, *selected)
