"""The Job that waits in the queue in place of a step: its pod is the step's own with more power."""

import json
from collections.abc import Mapping
from typing import Any

from ..families import Resources

Object = dict[str, Any]

GPU = "nvidia.com/gpu"
QUEUE = "kueue.x-k8s.io/queue-name"
PRIORITY = "kueue.x-k8s.io/priority-class"
# by which costs are counted and a run's pods are found; Argo looks for one more, which is left out
KEPT_LABELS = ("pipeline/runid", "workflows.argoproj.io/workflow")
OTHERS = ("ARGO_", "KFP_", "METADATA_")  # variables that Argo and Kubeflow give a step alone
TEXT = {"name": "LOG_FORMAT", "value": "text"}  # the step makes records of what it repeats
SCRATCH = "/tmp"  # noqa: S108 - the home of the image's user
TRIES = 3  # of a pod that died; one that was evicted, or made room, does not count
GRACE_SECONDS = 90  # for a last checkpoint, as long as the pools of GPU nodes give
KEPT_SECONDS = 3600  # of a Job that has ended and whose step could not remove it


def of_step(
    pod: Object,
    program: str,
    arguments: Mapping[str, Any],
    resources: Resources,
    labels: Mapping[str, str],
) -> Object:
    """Return the Job that runs a program in place of the step whose pod is given.

    It goes when that pod is removed. Suspended, it is for the queue to begin.
    """
    metadata = pod["metadata"]
    owner = {"apiVersion": "v1", "kind": "Pod", "name": metadata["name"], "uid": metadata["uid"]}
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {
            "name": f"{program}-{metadata['uid'][:8]}",
            "labels": dict(labels),
            "ownerReferences": [owner],
        },
        "spec": {
            "backoffLimit": TRIES,
            "podFailurePolicy": {"rules": _rules()},
            "suspend": True,
            "template": _template(pod, program, arguments, resources),
            "ttlSecondsAfterFinished": KEPT_SECONDS,
        },
    }


def _rules() -> list[Object]:
    """Say which ends of a pod are final: 1 is a reason, and a lost node is none."""
    return [
        {
            "action": "FailJob",
            "onExitCodes": {"containerName": "main", "operator": "In", "values": [1]},
        },
        {
            "action": "Ignore",
            "onPodConditions": [{"type": "DisruptionTarget", "status": "True"}],
        },
    ]


def _template(
    pod: Object, program: str, arguments: Mapping[str, Any], resources: Resources
) -> Object:
    labels = pod["metadata"].get("labels", {})
    spec: Object = {
        "automountServiceAccountToken": False,
        "containers": [_container(pod, program, arguments, resources)],
        "restartPolicy": "Never",
        "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
        "terminationGracePeriodSeconds": GRACE_SECONDS,
        "volumes": [{"name": "tmp", "emptyDir": {}}],
    }
    if secrets := pod["spec"].get("imagePullSecrets"):
        spec["imagePullSecrets"] = secrets
    kept = {name: labels[name] for name in KEPT_LABELS if name in labels}
    return {"metadata": {"labels": kept}, "spec": spec}


def _container(
    pod: Object, program: str, arguments: Mapping[str, Any], resources: Resources
) -> Object:
    (step,) = (part for part in pod["spec"]["containers"] if part["name"] == "main")
    wanted = {"cpu": resources.cpu, "memory": resources.memory}
    if resources.gpus:
        wanted[GPU] = str(resources.gpus)
    return {
        "name": "main",
        "image": step["image"],
        "imagePullPolicy": step.get("imagePullPolicy", "IfNotPresent"),
        "command": ["python", "-m", "slipway.queues.programs", program, json.dumps(arguments)],
        "env": [entry for entry in step.get("env", []) if _is_ours(entry)] + [TEXT],
        "resources": {"limits": wanted, "requests": wanted},
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
            "readOnlyRootFilesystem": True,
        },
        "volumeMounts": [{"name": "tmp", "mountPath": SCRATCH}],
    }


def _is_ours(entry: Object) -> bool:
    """Tell whether the pipeline gave a variable to its step."""
    of_pod = "fieldRef" in entry.get("valueFrom", {})
    return not of_pod and not entry["name"].startswith(OTHERS)
