"""Kubeflow Pipelines and Argo Workflows: one version each, lean, and able to start a step."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.kit import manifests
from tests.kit.pod_security import pods
from tests.kit.project import Project

ARGO, KUBEFLOW = "components/argo-workflows", "components/kubeflow-pipelines"
REFERENCE = re.compile(r"https://github\.com/\S+\?ref=(\S+)")


@pytest.fixture
def objects(standard: Project) -> list[manifests.Built]:
    return [built for built in manifests.applied(standard.path) if built.leaf in {ARGO, KUBEFLOW}]


def references(project: Path, room: str) -> set[str]:
    texts = [path.read_text("utf-8") for path in (project / room).rglob("kustomization.yaml")]
    return {tag for text in texts for tag in REFERENCE.findall(text)}


def data(objects: list[manifests.Built], name: str) -> dict[str, Any]:
    (found,) = [built.object["data"] for built in objects if built.name == name]
    return {key: yaml.safe_load(text) for key, text in found.items()}


@pytest.mark.parametrize("room", [ARGO, KUBEFLOW])
def test_a_component_has_one_version(room: str, standard: Project) -> None:
    assert len(references(standard.path, room)) == 1


def test_the_controller_and_its_executor_are_of_one_version(
    standard: Project, objects: list[manifests.Built]
) -> None:
    (version,) = references(standard.path, ARGO)
    deployments = [built for built in objects if built.kind == "Deployment"]
    (controller,) = [built for built in deployments if built.name == "workflow-controller"]
    (container,) = next(iter(pods(controller.object)))["containers"]
    assert container["image"].endswith(f":{version}")
    assert f"--executor-image=quay.io/argoproj/argoexec:{version}" in container["args"]


def test_only_what_a_run_needs_is_installed(objects: list[manifests.Built]) -> None:
    assert {built.name for built in objects if built.kind == "Deployment"} == {
        "metadata-grpc-deployment",
        "ml-pipeline",
        "ml-pipeline-persistenceagent",
        "workflow-controller",
    }
    assert not [built for built in objects if built.group == "" and built.kind == "Secret"]


def test_steps_know_how_many_trials_may_run_side_by_side(objects: list[manifests.Built]) -> None:
    assert data(objects, "step-settings")["PARALLEL_TRIALS"] == 2  # as clusters/kind says


def test_every_long_running_container_has_limits(objects: list[manifests.Built]) -> None:
    containers = [c for built in objects for pod in pods(built.object) for c in pod["containers"]]
    assert len(containers) == 4
    assert all({"cpu", "memory"} <= c["resources"]["limits"].keys() for c in containers)


def test_the_patch_of_step_pods_is_an_expression_around_json(
    objects: list[manifests.Built],
) -> None:
    patch = data(objects, "workflow-controller-configmap")["workflowDefaults"]["spec"][
        "podSpecPatch"
    ]
    found = re.fullmatch(r"\{\{=(.+?) \? '(.+)' : '(.+)'\}\}", patch)
    assert found
    condition, chosen, otherwise = found.groups()
    assert condition == "pod.name contains 'system-container-impl'"
    assert "}}" not in chosen, "two closing braces end the expression"
    (container,) = json.loads(chosen)["initContainers"]
    assert container["securityContext"]["allowPrivilegeEscalation"] is False
    assert json.loads(otherwise) == {}


def test_a_step_may_report_and_read_its_settings(objects: list[manifests.Built]) -> None:
    (role,) = [b for b in objects if (b.kind, b.name) == ("Role", "pipeline-runner")]
    allowed = {
        (resource, verb, tuple(rule.get("resourceNames", ())))
        for rule in role.object["rules"]
        for resource in rule["resources"]
        for verb in rule["verbs"]
    }
    assert allowed == {
        ("configmaps", "get", ("kfp-launcher",)),
        ("pods", "get", ()),
        ("secrets", "get", ("mlpipeline-minio-artifact",)),
        ("workflows", "get", ()),
        ("workflowtaskresults", "create", ()),
        ("workflowtaskresults", "patch", ()),
    }
