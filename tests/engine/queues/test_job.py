"""The Job that waits in place of a step."""

import json
from typing import Any

import pytest

from slipway.families import Resources
from slipway.queues import job
from slipway.queues.programs import PROGRAMS
from tests.engine.queues.kit import step_pod

WANTED = Resources(cpu="2", memory="4G")
LABELS = {job.QUEUE: "trainings", job.PRIORITY: "training-fix"}


def made(resources: Resources = WANTED) -> dict[str, Any]:
    """Return the Job of a training."""
    return job.of_step(step_pod(), "train", {"rows": "s3://b/rows"}, resources, LABELS)


def container(item: dict[str, Any]) -> dict[str, Any]:
    (only,) = item["spec"]["template"]["spec"]["containers"]
    return dict(only)


def test_it_begins_when_the_queue_lets_it() -> None:
    item = made()
    assert item["spec"]["suspend"] is True
    assert item["metadata"]["labels"] == LABELS


def test_it_goes_when_the_pod_of_its_step_goes() -> None:
    (owner,) = made()["metadata"]["ownerReferences"]
    assert (owner["kind"], owner["uid"]) == ("Pod", "0123456789abcdef")


def test_it_runs_a_program_of_the_engine_in_the_image_of_the_step() -> None:
    part = container(made())
    assert part["image"] == "registry.example.com/parcels/pipeline@sha256:1"
    *words, name, arguments = part["command"]
    assert words == ["python", "-m", "slipway.queues.programs"]
    assert name in PROGRAMS
    assert json.loads(arguments) == {"rows": "s3://b/rows"}


def test_it_knows_what_the_pipeline_told_the_step_and_nothing_of_argo() -> None:
    assert [entry["name"] for entry in container(made())["env"]] == [
        "AWS_ACCESS_KEY_ID",
        "OMP_NUM_THREADS",
        "LOG_FORMAT",
    ]


@pytest.mark.parametrize(
    ("gpus", "wanted"),
    [(0, {"cpu": "2", "memory": "4G"}), (1, {"cpu": "2", "memory": "4G", job.GPU: "1"})],
)
def test_it_reserves_what_the_model_wants(gpus: int, wanted: dict[str, str]) -> None:
    resources = container(made(WANTED._replace(gpus=gpus)))["resources"]
    assert resources == {"limits": wanted, "requests": wanted}


def test_its_costs_are_counted_as_those_of_its_run_and_argo_does_not_take_it_for_a_step() -> None:
    assert made()["spec"]["template"]["metadata"]["labels"] == {
        "pipeline/runid": "r1",
        "workflows.argoproj.io/workflow": "late-parcels-training-x7k2p",
    }


def test_a_reason_is_final_and_a_lost_node_is_not() -> None:
    final, lost = made()["spec"]["podFailurePolicy"]["rules"]
    assert (final["action"], final["onExitCodes"]["values"]) == ("FailJob", [1])
    assert (lost["action"], lost["onPodConditions"][0]["type"]) == ("Ignore", "DisruptionTarget")


def test_its_pod_has_no_rights_and_is_restricted() -> None:
    spec = made()["spec"]["template"]["spec"]
    assert spec["automountServiceAccountToken"] is False
    assert spec["securityContext"]["runAsNonRoot"] is True
    own = container(made())["securityContext"]
    assert own["readOnlyRootFilesystem"] is True
    assert own["capabilities"] == {"drop": ["ALL"]}
