"""NetworkPolicies are enforced: a product's policies are tested by more than their schema."""

import json
from typing import Any

import pytest

from offline import cluster
from tests.e2e.kit import workloads

PORT = 8080
DNS: dict[str, Any] = {"ports": [{"port": 53, "protocol": "UDP"}]}


def policy(name: str, app: str, **directions: list[Any]) -> dict[str, Any]:
    """Return a policy for the pods labelled `app: APP`; `ingress` and `egress` list its rules."""
    kinds = [direction.capitalize() for direction in directions]
    selector = {"matchLabels": {"app": app}} if app else {}
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": name},
        "spec": {"podSelector": selector, "policyTypes": kinds, **directions},
    }


def peer(app: str) -> dict[str, Any]:
    """Return the peer that is the pods labelled `app: APP` of the same namespace."""
    return {"podSelector": {"matchLabels": {"app": app}}}


@pytest.fixture
def server(made: cluster.Cluster, namespace: str) -> str:
    """Start a pod with a Service that answers everybody; return the namespace."""
    pod = workloads.pod("server", f"while true; do echo hello | nc -l -p {PORT}; done")
    workloads.apply(made, namespace, pod, workloads.service("server", PORT))
    made.kubectl("-n", namespace, "wait", "pod/server", "--for=condition=Ready")
    return namespace


def reaches(made: cluster.Cluster, namespace: str, app: str) -> bool:
    """Tell whether a new pod labelled `app: APP` gets the server's answer ."""
    # the packet filter knows a new pod a moment after it started
    ask = f"sleep 2; for i in 1 2; do nc -w 2 server {PORT} </dev/null && exit 0; done; exit 1"
    workloads.apply(made, namespace, workloads.pod(app, ask))
    ended = workloads.finish(made, namespace, app)
    made.kubectl("-n", namespace, "delete", "pod", app, "--now")
    return bool(ended["status"]["phase"] == "Succeeded")


def test_without_a_policy_every_pod_is_reached(made: cluster.Cluster, server: str) -> None:
    assert reaches(made, server, "anyone")


def test_a_policy_without_rules_lets_nobody_in(made: cluster.Cluster, server: str) -> None:
    workloads.apply(made, server, policy("closed", "server", ingress=[]))
    assert not reaches(made, server, "anyone")


def test_an_ingress_rule_lets_its_peers_in_and_no_other(made: cluster.Cluster, server: str) -> None:
    allowed = {"from": [peer("friend")], "ports": [{"port": PORT}]}
    workloads.apply(made, server, policy("friends", "server", ingress=[allowed]))
    assert reaches(made, server, "friend")
    assert not reaches(made, server, "stranger")


def test_an_ingress_rule_lets_in_on_its_port_only(made: cluster.Cluster, server: str) -> None:
    elsewhere = {"from": [peer("friend")], "ports": [{"port": PORT + 1}]}
    workloads.apply(made, server, policy("elsewhere", "server", ingress=[elsewhere]))
    assert not reaches(made, server, "friend")


def test_an_ingress_rule_chooses_namespaces(made: cluster.Cluster, server: str) -> None:
    label = {"kubernetes.io/metadata.name": server}
    own = {"from": [{"namespaceSelector": {"matchLabels": label}}]}
    workloads.apply(made, server, policy("own", "server", ingress=[own]))
    assert reaches(made, server, "neighbour")
    label["kubernetes.io/metadata.name"] = "elsewhere"
    other = json.dumps({"spec": {"ingress": [own]}})
    made.kubectl("-n", server, "patch", "networkpolicy", "own", "--patch", other)
    assert not reaches(made, server, "neighbour")


def test_an_egress_rule_lets_out_to_its_peers_only(made: cluster.Cluster, server: str) -> None:
    workloads.apply(made, server, policy("dns-only", "client", egress=[DNS]))
    assert not reaches(made, server, "client")
    outward = {"to": [peer("server")]}
    workloads.apply(made, server, policy("server-too", "client", egress=[outward]))
    assert reaches(made, server, "client")
