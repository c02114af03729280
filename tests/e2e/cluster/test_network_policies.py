"""NetworkPolicies are enforced: a product's policies are tested by more than their schema."""

import json
from typing import Any

import pytest

from offline import cluster
from tests.e2e.kit import workloads
from tests.e2e.kit.workloads import PROGRAMS

pytestmark = pytest.mark.usefixtures("coming")  # a project arrives meanwhile

PORT = 8080  # which the programs ask
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
    workloads.ready(made, namespace, "pod/server")
    return namespace


def wait_until(made: cluster.Cluster, namespace: str, **reached: bool) -> None:
    """Start a pod labelled `app: NAME` for each name; it has to get the server's answer, or none.

    The packet filter knows a new pod or policy a moment later, so both are waited for.
    """
    for app, is_reached in reached.items():
        program = PROGRAMS / ("reach.sh" if is_reached else "be_cut_off.sh")
        workloads.apply(made, namespace, workloads.pod(app, program.read_text()))
    for app in reached:
        ended = workloads.finish(made, namespace, app)
        assert ended["status"]["phase"] == "Succeeded"
    pods = (f"pod/{app}" for app in reached)
    made.kubectl("-n", namespace, "delete", *pods, "--now")


def test_without_a_policy_every_pod_is_reached(made: cluster.Cluster, server: str) -> None:
    wait_until(made, server, anyone=True)


def test_a_policy_without_rules_lets_nobody_in(made: cluster.Cluster, server: str) -> None:
    workloads.apply(made, server, policy("closed", "server", ingress=[]))
    wait_until(made, server, anyone=False)


def test_an_ingress_rule_lets_its_peers_in_and_no_other(made: cluster.Cluster, server: str) -> None:
    allowed = {"from": [peer("friend")], "ports": [{"port": PORT}]}
    workloads.apply(made, server, policy("friends", "server", ingress=[allowed]))
    wait_until(made, server, friend=True, stranger=False)


def test_an_ingress_rule_lets_in_on_its_port_only(made: cluster.Cluster, server: str) -> None:
    elsewhere = {"from": [peer("friend")], "ports": [{"port": PORT + 1}]}
    workloads.apply(made, server, policy("elsewhere", "server", ingress=[elsewhere]))
    wait_until(made, server, friend=False, stranger=False)


def test_an_ingress_rule_chooses_namespaces(made: cluster.Cluster, server: str) -> None:
    label = {"kubernetes.io/metadata.name": server}
    own = {"from": [{"namespaceSelector": {"matchLabels": label}}]}
    workloads.apply(made, server, policy("own", "server", ingress=[own]))
    wait_until(made, server, neighbour=True)
    label["kubernetes.io/metadata.name"] = "elsewhere"
    other = json.dumps({"spec": {"ingress": [own]}})
    made.kubectl("-n", server, "patch", "networkpolicy", "own", "--patch", other)
    wait_until(made, server, neighbour=False)


def test_an_egress_rule_lets_out_to_its_peers_only(made: cluster.Cluster, server: str) -> None:
    workloads.apply(made, server, policy("dns-only", "client", egress=[DNS]))
    wait_until(made, server, client=False)
    outward = {"to": [peer("server")]}
    workloads.apply(made, server, policy("server-too", "client", egress=[outward]))
    wait_until(made, server, client=True)
