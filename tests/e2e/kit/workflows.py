"""Workflows of a project in the cluster: start them, wait for them, read what they said."""

import json
import re
from typing import Any

from tests.e2e.kit import waiting
from tests.e2e.kit.delivery import Delivered

ENDED = {"Succeeded", "Failed", "Error"}


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


def trainings(project: Delivered) -> int:
    """Count the runs that Kubeflow has begun."""
    found = project.get("workflows.argoproj.io", "pipelines")
    return sum("pipeline/runid" in item["metadata"].get("labels", {}) for item in found)


def model(printed: str) -> str:
    """Return the digest, 12 characters, of the model that a training made."""
    return str(re.findall(r"model ([0-9a-f]{12})", printed)[-1])
