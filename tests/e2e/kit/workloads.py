"""Small workloads for tests, as Kubernetes objects."""

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from offline import cluster
from offline.system_images import BUSYBOX
from tests.e2e.kit import waiting

SECONDS = 120  # until a small pod is ready, or has ended, on a busy machine
PROGRAMS = Path(__file__).parents[1] / "programs"

SAFE_POD = {"runAsNonRoot": True, "runAsUser": 1000, "seccompProfile": {"type": "RuntimeDefault"}}
SAFE_CONTAINER = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
}


def namespace(name: str, level: str = "restricted") -> dict[str, Any]:
    """Return a namespace that enforces a level of Pod Security."""
    labels = {"pod-security.kubernetes.io/enforce": level}
    return {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {"name": name, "labels": labels},
    }


@contextmanager
def own_namespace(made: cluster.Cluster) -> Iterator[str]:
    """Make a namespace, ready to take pods, for as long as the body runs."""
    name = f"test-{uuid.uuid4().hex[:8]}"
    apply(made, "default", namespace(name))
    account = f"serviceaccount/default --namespace={name} --for=create --timeout=60s"
    made.kubectl("wait", *account.split())
    yield name
    made.kubectl("delete", "namespace", name, "--wait=false")


def pod(name: str, script: str, **container: Any) -> dict[str, Any]:
    """Return a pod that runs a shell script once, safely; `container` adds to its container."""
    main = {
        "name": "main",
        "image": BUSYBOX,
        "imagePullPolicy": "IfNotPresent",
        "command": ["sh", "-c", script],
        "securityContext": SAFE_CONTAINER,
    }
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "labels": {"app": name}},
        "spec": {
            "automountServiceAccountToken": False,
            "containers": [main | container],
            "restartPolicy": "Never",
            "securityContext": SAFE_POD,
            "terminationGracePeriodSeconds": 0,
        },
    }


def service(name: str, port: int) -> dict[str, Any]:
    """Return a Service in front of the pods labelled `app: NAME`."""
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name},
        "spec": {"ports": [{"port": port}], "selector": {"app": name}},
    }


def apply(made: cluster.Cluster, where: str, *objects: dict[str, Any]) -> None:
    """Create objects in a namespace."""
    for item in objects:
        made.kubectl("--namespace", where, "create", "--filename", "-", stdin=json.dumps(item))


def ready(made: cluster.Cluster, where: str, *what: str) -> None:
    """Wait until pods are ready."""
    condition = ("--for=condition=Ready", f"--timeout={SECONDS}s")
    made.kubectl("--namespace", where, "wait", *what, *condition)


def finish(made: cluster.Cluster, where: str, name: str) -> dict[str, Any]:
    """Wait until a pod has ended and return it."""

    def ended() -> dict[str, Any] | None:
        found = json.loads(made.kubectl("--namespace", where, "get", "pod", name, "--output=json"))
        return found if found["status"]["phase"] in ("Failed", "Succeeded") else None

    return waiting.until(ended, SECONDS, f"pod {name} has not ended")


def output(made: cluster.Cluster, where: str, name: str) -> str:
    """Wait until a pod has succeeded and return what it printed."""
    ended = finish(made, where, name)
    text = made.kubectl("--namespace", where, "logs", name)
    assert ended["status"]["phase"] == "Succeeded", text
    return text.strip()
