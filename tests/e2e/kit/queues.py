"""Trainings in the queue of a project, and a neighbour that shares its quota."""

import json
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, NamedTuple

from offline import cluster
from offline.system_images import BUSYBOX
from tests.e2e.kit import waiting, workloads
from tests.e2e.kit.delivery import Delivered
from tests.e2e.kit.workflows import RUN

QUEUE = "kueue.x-k8s.io/queue-name"
Object = dict[str, Any]


class Trainings:
    """Trainings that were started side by side, by the day of each."""

    def __init__(self, project: Delivered, pool: ThreadPoolExecutor) -> None:
        self.project, self.pool = project, pool
        self.printed: dict[str, Future[str]] = {}

    def start(self, as_of: str, *words: str) -> None:
        """Start one in the cluster."""
        command = ("train", f"AS_OF={as_of}", *words)
        self.printed[as_of] = self.pool.submit(self.project.make, *command)

    def rows(self) -> list[list[str]]:
        """Return what `make status` shows of trainings, most of them one word a column."""
        parts = self.project.status().split("\n\n")
        table = next((part for part in parts if part.startswith("TRAINING ")), "")
        return [line.split() for line in table.splitlines()[1:]]

    def until(self, true: Callable[[list[list[str]]], bool], seconds: float) -> list[list[str]]:
        """Wait until something is true of these rows; return them."""
        found: list[list[str]] = []

        def ask() -> bool:
            for future in self.printed.values():
                if future.done():
                    future.result()  # one that failed says why
            found[:] = self.rows()
            return true(found)

        waiting.until(ask, seconds, self.project.status)
        return found


def requested(pods: Iterable[Object], run: str, owner: str) -> set[str]:
    """Return the processors that the pods of a run of Kubeflow's reserve, by who owns them."""
    return {
        container["resources"]["requests"]["cpu"]
        for pod in pods
        if pod["metadata"]["labels"].get(RUN) == run
        and pod["metadata"]["ownerReferences"][0]["kind"] == owner
        for container in pod["spec"]["containers"]
        if container["name"] == "main"
    }


class Neighbour(NamedTuple):
    """A namespace with a queue of its own in the cohort of the project."""

    made: cluster.Cluster
    namespace: str


@contextmanager
def neighbour(made: cluster.Cluster, cpu: str) -> Iterator[Neighbour]:
    """Make a second project's queue with a quota, for as long as the body runs."""
    flavor = {
        "name": "shared",
        "resources": [
            {"name": "cpu", "nominalQuota": cpu},
            {"name": "memory", "nominalQuota": "4Gi"},
        ],
    }
    with workloads.own_namespace(made) as namespace:
        wide = {
            "cohortName": "trainings",
            "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": namespace}},
            "preemption": {"reclaimWithinCohort": "Any", "withinClusterQueue": "LowerPriority"},
            "resourceGroups": [{"coveredResources": ["cpu", "memory"], "flavors": [flavor]}],
        }
        workloads.apply(
            made,
            namespace,
            _object("ClusterQueue", namespace, wide),
            _object("LocalQueue", "trainings", {"clusterQueue": namespace}),
        )
        yield Neighbour(made, namespace)
    made.kubectl("delete", "clusterqueue", namespace, "--wait=false")


def _object(kind: str, name: str, spec: Object) -> Object:
    metadata = {"name": name}
    return {
        "apiVersion": "kueue.x-k8s.io/v1beta2",
        "kind": kind,
        "metadata": metadata,
        "spec": spec,
    }


def short_job(name: str, cpu: str) -> Object:
    """Return a Job that reserves processors for a moment, and asks the queue first."""
    pod = workloads.pod(
        name, "true", image=BUSYBOX, resources={"requests": {"cpu": cpu, "memory": "32Mi"}}
    )
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": name, "labels": {QUEUE: "trainings"}},
        "spec": {"suspend": True, "template": {"spec": pod["spec"]}},
    }


def admitted(made: cluster.Cluster, *namespaces: str) -> list[tuple[str, str]]:
    """Return the moment and the namespace of each short Job that has ended, in their order."""
    found = []
    for namespace in namespaces:
        text = made.kubectl("-n", namespace, "get", "workloads.kueue.x-k8s.io", "--output=json")
        for item in json.loads(text)["items"]:
            owner = item["metadata"]["ownerReferences"][0]["name"]
            moments = {c["type"]: c["lastTransitionTime"] for c in item["status"]["conditions"]}
            if owner.startswith("short-") and "Finished" in moments:
                found.append((moments["Admitted"], namespace))
    return sorted(found)
