"""Pods on different nodes reach each other."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.harness import cluster, workloads

CONFIG = Path(__file__).with_name("two-nodes.yaml")
NAME = "slipway-pair"


@pytest.fixture(scope="module")
def pair(made: cluster.Cluster) -> Iterator[cluster.Cluster]:
    """Make a second cluster, of two nodes, with a namespace for the module."""
    running = cluster.up(NAME, CONFIG, components=False)
    workloads.apply(running, "default", workloads.namespace("test"))
    yield running
    cluster.down(NAME)


def placed(pod: dict[str, Any], node: str) -> dict[str, Any]:
    """Return the pod bound to a node."""
    pod["spec"]["nodeSelector"] = {"kubernetes.io/hostname": node}
    tolerations = [{"key": "node-role.kubernetes.io/control-plane", "operator": "Exists"}]
    pod["spec"]["tolerations"] = tolerations
    return pod


def test_both_nodes_are_ready(pair: cluster.Cluster) -> None:
    pair.kubectl("wait", "node", "--all", "--for=condition=Ready", "--timeout=60s")
    assert len(pair.nodes()) == 2


def test_a_service_answers_from_the_other_node_and_sees_the_pods_address(
    pair: cluster.Cluster,
) -> None:
    first, second = pair.nodes()
    server = workloads.pod(
        "server", "while true; do nc -l -p 8080 -e cat /proc/net/tcp /proc/net/tcp6; done"
    )
    workloads.apply(pair, "test", placed(server, first), workloads.service("server", 8080))
    pair.kubectl("-n", "test", "wait", "pod", "server", "--for=condition=Ready")
    script = "until nc -w 2 server 8080; do sleep 1; done; hostname -i"
    workloads.apply(pair, "test", placed(workloads.pod("client", script), second))
    connections, _, own_address = workloads.output(pair, "test", "client").rpartition("\n")
    octets = [int(octet) for octet in own_address.split(".")]
    assert "".join(f"{octet:02X}" for octet in reversed(octets)) in connections
