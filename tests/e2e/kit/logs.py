"""What a failed run leaves to read: events, pods, their logs, the nodes' journals."""

import json
import os
from collections.abc import Callable
from pathlib import Path

from offline import cluster, engine, machine

BUILD = Path(__file__).resolve().parents[3] / "build"
UNITS = ("containerd", "kubelet", "network-policy", "pod-network")


def export(made: cluster.Cluster) -> Path:
    """Write a cluster's state, as much of it as can be had, and return the directory."""
    directory = Path(os.environ.get("SLIPWAY_LOGS", BUILD / "e2e-logs")) / made.name
    listings = {
        "events": ("get", "events", "--all-namespaces", "--sort-by=.lastTimestamp"),
        "nodes": ("describe", "nodes"),
        "objects": ("get", "all,pvc,pv,configmaps", "--all-namespaces", "--output=wide"),
        "pods": ("describe", "pods", "--all-namespaces"),
    }
    for name, arguments in listings.items():
        _save(directory / f"{name}.txt", made.kubectl, *arguments)
    for namespace, pod in _pods(made):
        target = directory / "pods" / f"{namespace}.{pod}.txt"
        _save(target, made.kubectl, "logs", "-n", namespace, "--all-containers", "--prefix", pod)
    for node in _nodes(made):
        for unit in UNITS:
            command = ("exec", node, "journalctl", "--no-pager", f"--unit={unit}")
            _save(directory / "nodes" / f"{node}.{unit}.txt", engine.docker, *command)
    return directory


def _pods(made: cluster.Cluster) -> list[tuple[str, str]]:
    try:
        found = json.loads(made.kubectl("get", "pods", "--all-namespaces", "--output=json"))
    except machine.HarnessError:
        return []
    metadata = [pod["metadata"] for pod in found["items"]]
    return [(pod["namespace"], pod["name"]) for pod in metadata]


def _nodes(made: cluster.Cluster) -> list[str]:
    try:
        return made.nodes()
    except machine.HarnessError:
        return []


def _save(path: Path, command: Callable[..., str], *arguments: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        path.write_text(command(*arguments))
    except machine.HarnessError as error:
        path.write_text(f"{error}\n")
