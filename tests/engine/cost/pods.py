"""Known pods: some that run or have ended while Prometheus looks, and one that it remembers."""

from datetime import datetime
from typing import NamedTuple

from .meter import STEP_SECONDS, history, series

DAY, HOUR = 86_400, 3_600
GIB = 2**30
NODES: dict[str, dict[str, str]] = {
    "own": {},
    "lent": {"label_karpenter_sh_capacity_type": "spot"},
}
REQUESTS = "kube_pod_container_resource_requests"
RUNS = {  # of Kubeflow, by the workflow
    "late-parcels-training-x7k2p": "run-1",
    "late-parcels-training-abcde": "run-2",
    "late-parcels-tuning-12345": "run-3",
}
VERSION = {"annotation_model_version": "3"}


class Pod(NamedTuple):
    """A pod: seconds at which it began and ended, or goes on; cores, GiB and GPUs that it wants."""

    name: str
    namespace: str
    node: str
    times: tuple[float, float | None]
    size: tuple[float, float, float]
    labels: dict[str, str]
    annotations: dict[str, str]

    def shown(self) -> list[str]:
        """Return what kube-state-metrics shows of it."""
        own = {"namespace": f"late-parcels-{self.namespace}", "pod": self.name, "uid": self.name}
        started, ended = self.times
        phase = "Running" if ended is None else "Succeeded"
        cpu, memory, gpu = self.size
        wanted = {"cpu": cpu, "memory": memory * GIB, "nvidia_com_gpu": gpu}
        place = own | {"container": "main", "node": self.node}
        return [
            series("kube_pod_labels", 1, **own, **self.labels),
            series("kube_pod_annotations", 1, **own, **self.annotations),
            series("kube_pod_start_time", started, **own),
            *([] if ended is None else [series("kube_pod_completion_time", ended, **own)]),
            series("kube_pod_status_phase", 1, **own, phase=phase),
            *(series(REQUESTS, size, **place, resource=name) for name, size in wanted.items()),
        ]


def step(name: str, node: str, times: tuple[float, float], workflow: str, gpu: float = 0) -> Pod:
    """Return a pod of a workflow; what is no pipeline of Kubeflow has no run."""
    labels = {"label_workflows_argoproj_io_workflow": workflow}
    if workflow in RUNS:
        labels["label_pipeline_runid"] = RUNS[workflow]
    return Pod(name, "pipelines", node, times, (0.5, 2.0, gpu), labels, {})


def shown(now: datetime) -> list[str]:
    """Return what the exporter shows: two trainings and a search, serving, and a stranger."""
    at = now.timestamp()
    hours, quarter = (at - 5 * HOUR, at - 3 * HOUR), (at - HOUR, at - HOUR + 900)
    first, second, search = RUNS
    pods = [
        step("ingest", "own", quarter, first),
        step("train", "lent", hours, first, gpu=1),
        step("broken", "own", quarter, second),
        step("trial", "lent", quarter, search),
        step("watch", "own", quarter, "watch-98765"),
        Pod("mlflow", "mlflow", "own", (at - HOUR, at), (0.1, 0.5, 0), {}, {}),
        Pod("serving", "prod", "own", (at - 9 * DAY, None), (0.2, 0.5, 0), {}, VERSION),
        Pod("stranger", "eu-dev", "own", quarter, (64, 256, 0), {}, {}),
    ]
    nodes = [series("kube_node_labels", 1, node=node, **own) for node, own in NODES.items()]
    return [*nodes, *(line for pod in pods for line in pod.shown())]


def remembered(now: datetime) -> str:
    """Return ten days of a pod in staging that ended two days ago, and of one that began anew.

    The environment of the latter was not known at first.
    """
    begun = int(now.timestamp()) - 10 * DAY  # a sample is as old as a week until the next is
    times = range(begun, begun + 8 * DAY + 1, STEP_SECONDS)
    often = range(begun, begun + 8 * DAY + 1, 240)
    late = range(begun + 4 * DAY, begun + 8 * DAY + 1, STEP_SECONDS)
    total, gauge = "pod:reserved:total", "price:reserved:hour"
    old = {"uid": "old", "what": "serving", "version": "2", "environment": "staging"}
    moved = {"uid": "moved", "what": "platform", "resource": "cpu", "capacity": "on-demand"}
    cpu = {"resource": "cpu", "capacity": "on-demand"}
    return history(
        [
            (total, old | cpu, {at: 0.1 * (at - begun) for at in times}),
            (total, moved, {at: 0.5 * (at - times[0]) for at in times[: 5 * DAY // STEP_SECONDS]}),
            (total, moved | {"what": "serving"}, {at: 0.5 * (at - begun) for at in late}),
            ("DCGM_FI_DEV_GPU_UTIL", {"gpu": "0"}, dict.fromkeys(times, 40.0)),
            (gauge, {"capacity": "spot", "resource": "cpu"}, dict.fromkeys(often, 0.02024)),
        ]
    )
