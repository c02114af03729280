"""The pipeline of a search: trials side by side within a bound, in the image of one commit."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from google.protobuf import json_format
from kfp import local
from kfp.kubernetes import kubernetes_executor_config_pb2 as kubernetes_config
from kfp.pipeline_spec import pipeline_spec_pb2

from slipway.settings import settings
from slipway.training import manifests
from slipway.tune.cluster import STEPS

from .kit import numbers

IMAGE = "registry.example.com/team/pipeline:0123456789ab"


@pytest.fixture(scope="module")
def package() -> list[dict[str, Any]]:
    """Return the compiled pipeline, and what Kubernetes has to know of it."""
    from pipelines.tuning.pipeline import PIPELINE

    return list(yaml.safe_load_all(manifests.package(PIPELINE, IMAGE).read_text()))


@pytest.fixture
def loop(package: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the one task of the pipeline that is a loop."""
    tasks = package[0]["root"]["dag"]["tasks"]
    (found,) = (task for task in tasks.values() if "parameterIterator" in task)
    return dict(found)


def test_kubeflow_knows_every_field(package: list[dict[str, Any]]) -> None:
    json_format.ParseDict(package[0], pipeline_spec_pb2.PipelineSpec())
    executors = package[1]["platforms"]["kubernetes"]["deploymentSpec"]["executors"]
    for executor in executors.values():
        json_format.ParseDict(executor, kubernetes_config.KubernetesExecutorConfig())
    assert sorted(executors) == ["exec-begin", "exec-ingest", "exec-trial"]


def test_trials_are_a_loop_over_what_is_missing(loop: dict[str, Any]) -> None:
    assert loop["dependentTasks"] == ["begin", "validate"]
    assert loop["iteratorPolicy"] == {"parallelismLimit": settings().parallel_trials}


def test_the_bound_is_what_the_values_of_the_cluster_say(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from pipelines.tuning import pipeline

    monkeypatch.setenv("PARALLEL_TRIALS", "7")
    settings.cache_clear()
    compiled = Path(pipeline.__file__).read_text()
    names: dict[str, Any] = {}
    exec(compile(compiled, "pipeline.py", "exec"), names)  # noqa: S102
    text = manifests.package(names["PIPELINE"], IMAGE).read_text()
    assert text.count("parallelismLimit: 7") == 1


def test_every_step_runs_in_the_image_within_limits(package: list[dict[str, Any]]) -> None:
    executors = package[0]["deploymentSpec"]["executors"]
    assert sorted(executors) == sorted(f"exec-{step}" for step in STEPS)
    for executor in executors.values():
        container = executor["container"]
        assert container["image"] == IMAGE
        assert {"resourceCpuLimit", "resourceMemoryLimit"} <= container["resources"].keys()
        assert "pip install" not in str(container["command"])


@pytest.mark.usefixtures("empty_registry")
def test_the_runner_of_kubeflow_tries_what_is_missing(project: Path) -> None:
    from pipelines.tuning.pipeline import PIPELINE

    root, workspace = (project / "var" / name for name in ("runs", "workspace"))
    for _ in range(2):
        workspace.mkdir(exist_ok=True)  # it is removed after a run
        local.init(local.SubprocessRunner(use_venv=False), str(root), workspace_root=str(workspace))
        PIPELINE(as_of="2024-05-01", trials=2)
    assert numbers() == [1, 2]
    begun, tried = (len(list(root.rglob(f"{step}/executor_output.json"))) for step in STEPS[2:])
    assert (begun, tried) == (2, 2)  # the second time nothing was missing
