"""Objects as a cluster has them: a step's pod, and Workloads with what Kueue 0.19 noted in them."""

from pathlib import Path
from typing import Any

import pytest

from slipway import project as projects
from tests.engine.clusters.kit import change

Object = dict[str, Any]
IN_USE = (
    "couldn't assign flavors to pod set main: insufficient unused quota for cpu in flavor shared, "
    "1 more needed"
)
TOO_LARGE = (
    "couldn't assign flavors to pod set main: insufficient quota for cpu in flavor shared, "
    "previously considered podsets requests (0) + current podset request (9) > maximum capacity (4)"
)
MADE_ROOM = "Preempted to accommodate a workload (UID: 0e2aa139) due to prioritization"


def with_queue(project: Path) -> None:
    """Let the project's trainings wait in a queue."""
    change(project / "pyproject.toml", "[tool.slipway]\n", '[tool.slipway]\nqueue = "trainings"\n')
    projects.project.cache_clear()


def condition(kind: str, status: str, reason: str = "Pending", message: str = "") -> Object:
    """Return what Kueue has noted."""
    return {
        "type": kind,
        "status": status,
        "reason": reason,
        "message": message,
        "lastTransitionTime": "2026-11-30T07:28:20Z",
    }


def workload(name: str, priority: int, *conditions: Object, second: int = 10) -> Object:
    """Return a training in the queue that was made at a second of one minute."""
    return {
        "metadata": {
            "name": f"job-{name}-0188f",
            "creationTimestamp": f"2026-11-30T07:28:{second:02}Z",
            "ownerReferences": [{"kind": "Job", "name": name}],
        },
        "spec": {
            "queueName": "trainings",
            "priority": priority,
            "priorityClassRef": {"name": "training-by-hand"},
        },
        "status": {"conditions": list(conditions)},
    }


def waiting(message: str = IN_USE) -> Object:
    """Return what Kueue notes of a training for which there is no quota."""
    return condition("QuotaReserved", "False", message=message)


LABELS = {
    "pipeline/runid": "r1",
    "workflows.argoproj.io/workflow": "late-parcels-training-x7k2p",
    "workflows.argoproj.io/completed": "false",
}


def step_pod() -> Object:
    """Return the pod of a step of Kubeflow's, as Argo makes it."""
    secret = {"name": "mlpipeline-minio-artifact", "key": "accesskey"}
    own_name = {"fieldRef": {"fieldPath": "metadata.name"}}
    step = {
        "name": "main",
        "image": "registry.example.com/parcels/pipeline@sha256:1",
        "env": [
            {"name": "KFP_POD_NAME", "valueFrom": own_name},
            {"name": "ARGO_TEMPLATE", "value": "{}"},
            {"name": "AWS_ACCESS_KEY_ID", "valueFrom": {"secretKeyRef": secret}},
            {"name": "OMP_NUM_THREADS", "value": "2"},
        ],
    }
    metadata = {
        "name": "late-parcels-training-x7k2p-1",
        "uid": "0123456789abcdef",
        "labels": LABELS,
    }
    return {
        "metadata": metadata,
        "spec": {"containers": [{"name": "wait", "image": "argoexec"}, step]},
    }


def told(error: pytest.ExceptionInfo[BaseException]) -> str:
    """Return the sentence of an error."""
    return str(error.value)
