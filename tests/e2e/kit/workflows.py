"""Workflows of a project in the cluster: start them, wait for them, read what they said."""

import json
import re
from typing import Any

from tests.e2e.kit import waiting
from tests.e2e.kit.delivery import Delivered

RUN = "pipeline/runid"  # the label with Kubeflow's id
ENDED = {"Succeeded", "Failed", "Error"}
STEPS = {"ingest", "validate", "train", "evaluate", "compress", "register"}


def run(project: Delivered, template: str, **parameters: str) -> dict[str, Any]:
    """Start a WorkflowTemplate as a person would, and return the workflow when it succeeded."""
    return finish(project, start(project, template, **parameters))


def start(project: Delivered, template: str, **parameters: str) -> str:
    """Start a WorkflowTemplate and return the workflow's name."""
    values = [{"name": name.replace("_", "-"), "value": text} for name, text in parameters.items()]
    workflow: dict[str, Any] = {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Workflow",
        "metadata": {
            "generateName": f"{template}-",
            "namespace": project.namespace("pipelines"),
        },
        "spec": {
            "arguments": {"parameters": values},
            "workflowTemplateRef": {"name": template},
        },
    }
    command = ("create", "--filename=-", "--output=jsonpath={.metadata.name}")
    return project.kubectl(*command, stdin=json.dumps(workflow)).strip()


def finish(project: Delivered, name: str) -> dict[str, Any]:
    """Wait until a workflow has ended well, and return it."""
    workflow = end(project, name)
    assert workflow["status"]["phase"] == "Succeeded", workflow["status"].get("message")
    return workflow


def end(project: Delivered, name: str) -> dict[str, Any]:
    """Wait until a workflow has ended, well or not, and return it."""

    def found() -> dict[str, Any]:
        item: dict[str, Any] = project.get("workflows.argoproj.io", "pipelines", name)
        return item

    def ended() -> bool:
        return found().get("status", {}).get("phase") in ENDED

    waiting.until(ended, 900, lambda: json.dumps(found().get("status", {}), indent=1)[-3000:])
    return found()


def said(workflow: dict[str, Any], step: str) -> dict[str, str]:
    """Return the output parameters of a step; empty when it did not run."""
    for node in workflow["status"]["nodes"].values():
        if node["displayName"] == step and node["phase"] == "Succeeded":
            parameters = node.get("outputs", {}).get("parameters", [])
            return {item["name"]: item["value"] for item in parameters}
    return {}


def ran(workflow: dict[str, Any], step: str) -> bool:
    """Tell whether a step ran."""
    nodes = workflow["status"]["nodes"].values()
    return any(node["displayName"] == step and node["phase"] == "Succeeded" for node in nodes)


def runs(project: Delivered) -> list[dict[str, Any]]:
    """Return the workflows of the runs that Kubeflow has begun."""
    found = project.get("workflows.argoproj.io", "pipelines")
    return [item for item in found if RUN in item["metadata"].get("labels", {})]


def run_id(printed: str) -> str:
    """Return the id that Kubeflow gave to a run, as the command told it."""
    (told,) = re.findall(r"^run (\S+),", printed, re.M)
    return str(told)


def run_of(project: Delivered, printed: str) -> dict[str, Any]:
    """Return the workflow of the run that a command has told of."""
    told = run_id(printed)
    (found,) = [run for run in runs(project) if run["metadata"]["labels"][RUN] == told]
    return found


def succeeded(printed: str) -> set[str]:
    """Return the steps that a training has told to have succeeded."""
    return {line.split()[0] for line in printed.splitlines() if "SUCCEEDED" in line}
