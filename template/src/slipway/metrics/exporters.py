"""Metrics of other programs that alerts, rules and dashboards of a project ask for, by its rooms.

Only these are listed: each program has hundreds more, in its own documentation.
"""

from collections.abc import Iterator

from ..settings import settings
from .metric import Metric

PROMETHEUS = "Prometheus, of what it scrapes"
PODS = "kube-state-metrics, of this project's pods and Jobs"
LOGS = "VictoriaLogs, of its volume"
POD = ("namespace", "pod", "uid")
GAUGE = "gauge"
ROOMS = {  # a metric is there where its room is
    "components/monitoring": (
        Metric(PROMETHEUS, "up", GAUGE, ("environment", "instance", "job"), "1: it answered."),
        Metric(
            "Alertmanager",
            "alertmanager_notifications_failed_total",
            "counter",
            ("integration", "reason"),
            "Messages that could not be told to anybody.",
        ),
    ),
    "components/monitoring/cost": (
        Metric(PODS, "kube_node_labels", GAUGE, ("node",), "Labels of a node."),
        Metric(PODS, "kube_pod_annotations", GAUGE, POD, "Annotations: version of the model."),
        Metric(PODS, "kube_pod_completion_time", GAUGE, POD, "When it ended, since 1970."),
        Metric(
            PODS,
            "kube_pod_container_resource_requests",
            GAUGE,
            (*POD, "container", "node", "resource", "unit"),
            "What a container reserves.",
        ),
        Metric(
            PODS,
            "kube_pod_init_container_resource_requests",
            GAUGE,
            (*POD, "container", "node", "resource", "unit"),
            "The same of one that runs before the others.",
        ),
        Metric(PODS, "kube_pod_labels", GAUGE, POD, "Labels: run of a pipeline, workflow."),
        Metric(PODS, "kube_pod_start_time", GAUGE, POD, "When it began, since 1970."),
        Metric(PODS, "kube_pod_status_phase", GAUGE, (*POD, "phase"), "1 in the phase it is in."),
    ),
    "components/queues/monitoring": (
        Metric(
            PODS,
            "kube_job_status_suspended",
            GAUGE,
            ("namespace", "job_name"),
            "1 while a Job waits in the queue.",
        ),
    ),
    "components/telemetry/monitoring": (
        Metric(LOGS, "vl_free_disk_space_bytes", GAUGE, ("path",), "Room left on the volume."),
        Metric(LOGS, "vl_total_disk_space_bytes", GAUGE, ("path",), "Size of the volume."),
    ),
    "components/keda/gpus": (
        Metric(
            "NVIDIA's exporter",
            "DCGM_FI_DEV_GPU_UTIL",
            GAUGE,
            ("namespace", "pod"),
            "How busy a GPU is, in percent.",
        ),
    ),
}


def read() -> Iterator[Metric]:
    """Yield those of the rooms that this project has."""
    for room, metrics in ROOMS.items():
        if (settings().project_root / room).is_dir():
            yield from metrics
