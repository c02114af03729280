"""What a step is given to run with: itself, or the Job that waits in a queue in its place."""

from pathlib import Path
from typing import Any

import pytest
from kfp import dsl

from slipway.errors import ProjectError
from slipway.families import Resources
from slipway.training import access, manifests
from tests.engine.queues.kit import with_queue

WANTED = Resources(cpu="3", memory="8G", gpus=1)


def given() -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the container and the settings of a step that wants much."""
    from slipway.training import components  # reads the project when it is imported

    def pipeline() -> None:
        task = components.ingest(as_of="2024-05-01")
        task.set_cpu_limit("1").set_memory_limit("2G")
        access.to_resources(task, WANTED)
        access.to_artifacts(task)

    _, version = manifests.compile_objects(dsl.pipeline(name="wants-much")(pipeline))
    spec = version["spec"]
    (executor,) = spec["pipelineSpec"]["deploymentSpec"]["executors"].values()
    kubernetes = spec.get("platformSpec", {}).get("platforms", {}).get("kubernetes", {})
    settings = kubernetes.get("deploymentSpec", {}).get("executors", {})
    return executor["container"]["resources"], next(iter(settings.values()), {})


def test_without_a_queue_a_step_gets_what_the_model_wants() -> None:
    resources, settings = given()
    assert resources["resourceCpuLimit"] == "3"
    assert resources["resourceMemoryLimit"] == "8G"
    assert resources["accelerator"]["resourceType"] == access.GPU
    assert resources["accelerator"]["resourceCount"] == "1"
    assert [item["key"] for item in settings["tolerations"]] == [access.GPU]
    assert "secretAsEnv" not in settings


def test_with_a_queue_it_stays_small_and_may_read_the_store(project: Path) -> None:
    with_queue(project)
    resources, settings = given()
    assert resources["resourceCpuLimit"] == "1"
    assert "accelerator" not in resources
    assert settings["secretAsEnv"][0]["secretName"] == access.STORE_KEY


@pytest.mark.parametrize("queue", [True, False])
def test_half_a_gpu_is_one_sentence_before_anything_is_compiled(queue: bool, project: Path) -> None:
    if queue:
        with_queue(project)
    with pytest.raises(ProjectError) as error:
        access.to_resources(None, WANTED._replace(gpus=1.5))  # type: ignore[arg-type]
    assert "asks for 1.5 GPUs" in str(error.value)
