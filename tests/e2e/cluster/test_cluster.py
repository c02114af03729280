"""The cluster does what a team's cluster does."""

import json
from datetime import UTC, datetime

import pytest

from offline import cluster, engine, machine
from tests.e2e.kit import waiting, workloads
from tests.e2e.kit.workloads import PROGRAMS


def test_every_node_is_ready(made: cluster.Cluster) -> None:
    made.kubectl("wait", "node", "--all", "--for=condition=Ready", "--timeout=60s")


def test_a_pod_resolves_names(made: cluster.Cluster, namespace: str) -> None:
    script = "nslookup kubernetes.default.svc.cluster.local"
    workloads.apply(made, namespace, workloads.pod("resolver", script))
    assert "10.96.0.1" in workloads.output(made, namespace, "resolver")


def test_a_claim_is_bound_and_written_by_a_plain_user(
    made: cluster.Cluster, namespace: str
) -> None:
    claim = {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": "data"},
        "spec": {
            "accessModes": ["ReadWriteOnce"],
            "resources": {"requests": {"storage": "1Gi"}},
        },
    }
    mount = [{"mountPath": "/data", "name": "data"}]
    writer = workloads.pod("writer", "echo kept >/data/file", volumeMounts=mount)
    reader = workloads.pod("reader", "cat /data/file", volumeMounts=mount)
    for user in (writer, reader):
        user["spec"]["volumes"] = [{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}]
    workloads.apply(made, namespace, claim, writer)
    workloads.output(made, namespace, "writer")
    workloads.apply(made, namespace, reader)
    assert workloads.output(made, namespace, "reader") == "kept"


def test_a_restricted_namespace_refuses_a_root_pod(made: cluster.Cluster, namespace: str) -> None:
    root = workloads.pod("root", "id")
    root["spec"]["securityContext"] = {"runAsUser": 0}
    with pytest.raises(machine.HarnessError, match='violates PodSecurity "restricted'):
        workloads.apply(made, namespace, root)


def test_a_restricted_namespace_runs_a_safe_pod(made: cluster.Cluster, namespace: str) -> None:
    workloads.apply(made, namespace, workloads.pod("safe", "cat /proc/self/status"))
    assert "CapEff:\t0000000000000000" in workloads.output(made, namespace, "safe")


def test_memory_beyond_the_limit_ends_in_oomkilled(made: cluster.Cluster, namespace: str) -> None:
    limit = {"limits": {"memory": "32Mi"}}
    # The shell outlives what is killed, so that the node hears of it before the container ends.
    script = "tail -c 99999999 /dev/zero & wait $!; code=$?; sleep 1; exit $code"
    greedy = workloads.pod("greedy", script, resources=limit)
    workloads.apply(made, namespace, greedy)
    ended = workloads.finish(made, namespace, "greedy")
    state = ended["status"]["containerStatuses"][0]["state"]["terminated"]
    assert (state["reason"], state["exitCode"]) == ("OOMKilled", 137)


def test_a_service_balances_over_two_pods(made: cluster.Cluster, namespace: str) -> None:
    answer = "while true; do hostname | nc -l -p 8080; done"
    for name in ("first", "second"):
        server = workloads.pod(name, answer)
        server["metadata"]["labels"] = {"app": "web"}
        workloads.apply(made, namespace, server)
    workloads.apply(made, namespace, workloads.service("web", 8080))
    workloads.ready(made, namespace, "pod/first", "pod/second")
    program = (PROGRAMS / "meet_both.sh").read_text()
    workloads.apply(made, namespace, workloads.pod("client", program))
    answers = workloads.output(made, namespace, "client").split()
    assert set(answers) == {"first", "second"}


def test_a_pod_has_no_way_to_an_image_that_is_not_loaded(
    made: cluster.Cluster, namespace: str
) -> None:
    missing = workloads.pod("missing", "true", image="registry.invalid/nothing:1")
    workloads.apply(made, namespace, missing)

    def refused() -> bool:
        found = made.kubectl("-n", namespace, "get", "pod", "missing", "--output=json")
        states = json.loads(found)["status"].get("containerStatuses", [])
        waiting = [state["state"].get("waiting", {}).get("reason") for state in states]
        return waiting in (["ErrImagePull"], ["ImagePullBackOff"])

    waiting.until(refused, 60, "the pod is not refused")


def is_back(made: cluster.Cluster, node: str, since: str) -> bool:
    """Tell whether all that runs on a node was started again; at first it looks as before."""
    chosen = f"--field-selector=spec.nodeName={node},status.phase=Running"
    found = made.kubectl("get", "pods", "--all-namespaces", chosen, "--output=json")
    states = [
        state
        for pod in json.loads(found)["items"]
        if not pod["metadata"].get("deletionTimestamp")
        for state in pod["status"].get("containerStatuses", [])
    ]
    starts = [state["state"].get("running", {}).get("startedAt", "") for state in states]
    return bool(starts) and min(starts) > since and all(state["ready"] for state in states)


def test_the_cluster_survives_a_restart_of_its_node(made: cluster.Cluster, namespace: str) -> None:
    node = made.nodes()[0]
    since = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    engine.docker("restart", node)

    def answers() -> bool:
        return machine.works(
            *(cluster.kubectl(), "--kubeconfig", made.kubeconfig, "get", "--raw=/readyz")
        )

    waiting.until(answers, 120, "the API server does not answer")
    made.kubectl("wait", "node", "--all", "--for=condition=Ready", "--timeout=120s")
    waiting.until(lambda: is_back(made, node, since), 180, "not everything is back")
    script = "until nslookup kubernetes.default.svc.cluster.local; do sleep 1; done"
    workloads.apply(made, namespace, workloads.pod("afterwards", script))
    assert "10.96.0.1" in workloads.output(made, namespace, "afterwards")
