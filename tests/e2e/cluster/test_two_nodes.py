"""Pods on different nodes reach each other."""

from typing import Any

from offline import cluster
from tests.e2e.kit import workloads


def placed(pod: dict[str, Any], node: str) -> dict[str, Any]:
    """Return the pod bound to a node."""
    pod["spec"]["nodeSelector"] = {"kubernetes.io/hostname": node}
    return pod


def test_both_nodes_are_ready(made: cluster.Cluster) -> None:
    made.kubectl("wait", "node", "--all", "--for=condition=Ready", "--timeout=60s")
    assert len(made.nodes()) == 2


def test_a_service_answers_from_the_other_node_and_sees_the_pods_address(
    made: cluster.Cluster, namespace: str
) -> None:
    first, second = made.nodes()
    server = workloads.pod(
        "server", "while true; do nc -l -p 8080 -e cat /proc/net/tcp /proc/net/tcp6; done"
    )
    workloads.apply(made, namespace, placed(server, first), workloads.service("server", 8080))
    workloads.ready(made, namespace, "pod/server")
    # a connection may be lost between two servers, and answers nothing then
    script = "until nc -w 2 server 8080 </dev/null | grep .; do sleep 0.2; done; hostname -i"
    workloads.apply(made, namespace, placed(workloads.pod("client", script), second))
    connections, _, own_address = workloads.output(made, namespace, "client").rpartition("\n")
    octets = [int(octet) for octet in own_address.split(".")]
    assert "".join(f"{octet:02X}" for octet in reversed(octets)) in connections
