"""What Kubeflow will run keeps the rules: pinned images, nothing installed, limits, no secret."""

import re
from typing import Any

import pytest
import yaml
from google.protobuf import json_format
from kfp.kubernetes import kubernetes_executor_config_pb2 as kubernetes_config
from kfp.pipeline_spec import pipeline_spec_pb2

from slipway.training import manifests
from slipway.training.cluster import STEPS

PINNED = re.compile(r".+(:(?!latest$)[\w.-]+|@sha256:[0-9a-f]{64})")


@pytest.fixture(scope="module")
def version(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    paths = manifests.write(tmp_path_factory.mktemp("build"))
    spec: dict[str, Any] = yaml.safe_load(paths[-1].read_text())["spec"]
    return spec


@pytest.fixture
def containers(version: dict[str, Any]) -> list[dict[str, Any]]:
    executors = version["pipelineSpec"]["deploymentSpec"]["executors"].values()
    return [executor["container"] for executor in executors]


def test_kubeflow_knows_every_field(version: dict[str, Any]) -> None:
    json_format.ParseDict(version["pipelineSpec"], pipeline_spec_pb2.PipelineSpec())
    executors = version["platformSpec"]["platforms"]["kubernetes"]["deploymentSpec"]["executors"]
    for executor in executors.values():
        json_format.ParseDict(executor, kubernetes_config.KubernetesExecutorConfig())
    assert len(executors) == 3


def test_every_step_has_a_pinned_image_limits_and_installs_nothing(
    containers: list[dict[str, Any]],
) -> None:
    assert len(containers) == len(STEPS)
    for container in containers:
        assert PINNED.fullmatch(container["image"])
        assert {"resourceCpuLimit", "resourceMemoryLimit"} <= container["resources"].keys()
        assert "pip install" not in str(container["command"])


def test_every_name_fits_into_a_label(version: dict[str, Any]) -> None:
    ir = version["pipelineSpec"]
    names = [*ir["components"], *ir["deploymentSpec"]["executors"], *ir["root"]["dag"]["tasks"]]
    assert len(names) == 3 * len(STEPS)
    assert max(map(len, [*names, ir["pipelineInfo"]["name"]])) <= 63


def test_every_step_says_whether_it_is_cached(version: dict[str, Any]) -> None:
    tasks = version["pipelineSpec"]["root"]["dag"]["tasks"]
    assert sorted(tasks) == sorted(STEPS)
    assert [task["cachingOptions"] for task in tasks.values()] == [{}] * len(STEPS)  # {}: off


def test_passwords_come_by_reference_to_the_steps_that_need_them(
    version: dict[str, Any], containers: list[dict[str, Any]]
) -> None:
    executors = version["platformSpec"]["platforms"]["kubernetes"]["deploymentSpec"]["executors"]
    secrets = {
        name: [secret["secretName"] for secret in executor["secretAsEnv"]]
        for name, executor in executors.items()
    }
    assert secrets == {
        "exec-ingest": ["mlpipeline-minio-artifact"],
        "exec-register": ["registry-writer"],
        "exec-train": ["mlpipeline-minio-artifact", "registry-writer"],
    }
    names = {variable["name"] for container in containers for variable in container.get("env", [])}
    assert names == {"PIPELINE_IMAGE", "SOURCE_COMMIT"}


def test_the_lint_catches_an_image_without_a_version() -> None:
    assert not PINNED.fullmatch("registry.example.com/team/pipeline")
    assert not PINNED.fullmatch("registry.example.com/team/pipeline:latest")
