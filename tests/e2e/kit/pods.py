"""Pods as the API server tells of them, also those that are gone by now."""

import json
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, NamedTuple

from offline import cluster
from tests.e2e.kit.delivery import Delivered, Measured

AS_OF = "2013-05-01"  # a day of which no other test trains: what exists is not made again
Pod = dict[str, Any]


class Training(NamedTuple):
    """What a training in the cluster has printed, and the last state of the pods meanwhile."""

    printed: str
    pods: dict[str, Pod]


def train(project: Delivered, measured: Measured) -> Training:
    """Train one model in the cluster."""
    started = time.monotonic()
    with told(project.made, project.namespace("pipelines")) as found:
        printed = project.make("train", f"AS_OF={AS_OF}")
    measured("training of six steps in Kubeflow", time.monotonic() - started)
    return Training(printed, found)


@contextmanager
def told(made: cluster.Cluster, namespace: str) -> Iterator[dict[str, Pod]]:
    """Yield what has, once the body has ended, the last state of each pod by its uid."""
    words = ["get", "pods", f"--namespace={namespace}", "--watch", "--output=json"]
    command = [str(cluster.kubectl()), "--kubeconfig", str(made.kubeconfig), *words]
    found: dict[str, Pod] = {}
    with tempfile.TemporaryFile("w+") as file:  # a pipe that nobody reads would fill up
        with subprocess.Popen(command, stdout=file) as process:
            try:
                yield found
            finally:
                process.terminate()
        file.seek(0)
        found |= {pod["metadata"]["uid"]: pod for pod in _objects(file.read())}


def _objects(text: str) -> Iterator[Pod]:
    """Yield the objects of a text, the last of which may be cut off."""
    decoder, place = json.JSONDecoder(), 0
    while (place := text.find("{", place)) >= 0:
        try:
            pod, place = decoder.raw_decode(text, place)
        except json.JSONDecodeError:
            return
        yield pod


def core_hours(pod: Pod) -> float:
    """Return what a pod has reserved so far, or until its last container ended."""
    return _cores(pod) * _seconds(pod) / 3600


def _cores(pod: Pod) -> float:
    spec = pod["spec"]
    together = sum(map(_requested, spec["containers"]))
    return max([together, *map(_requested, spec.get("initContainers", []))])


def _requested(container: dict[str, Any]) -> float:
    text = container.get("resources", {}).get("requests", {}).get("cpu", "0")
    return float(text.removesuffix("m")) / (1000 if text.endswith("m") else 1)


def _seconds(pod: Pod) -> float:
    status = pod["status"]
    if "startTime" not in status:
        return 0.0
    ended = datetime.now(UTC)
    if status["phase"] in {"Succeeded", "Failed"}:
        states = [container["state"] for container in status["containerStatuses"]]
        ended = max(_time(state["terminated"]["finishedAt"]) for state in states)
    return (ended - _time(status["startTime"])).total_seconds()


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))
