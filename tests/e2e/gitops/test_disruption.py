"""What the cluster does to pods costs no request."""

import time

from tests.e2e.kit import waiting
from tests.e2e.kit.clients import Client
from tests.e2e.kit.delivery import Delivered, Measured


def running(project: Delivered) -> list[str]:
    """Name the pods of prod that answer."""
    return [
        pod["metadata"]["name"]
        for pod in project.get("pods", "prod")
        if not pod["metadata"].get("deletionTimestamp")
        and any(
            condition["type"] == "Ready" and condition["status"] == "True"
            for condition in pod["status"].get("conditions", [])
        )
    ]


def test_a_lost_pod_and_a_drained_node_cost_no_request(
    released: Delivered, measured: Measured
) -> None:
    wanted = len(running(released))
    assert wanted >= 2
    client = Client(released, "prod", rate=60, least=5000)
    started = time.monotonic()
    lost = running(released)[0]
    namespace = released.namespace("prod")
    released.kubectl("-n", namespace, "delete", "pod", lost, "--wait=false")

    def replaced() -> bool:
        names = running(released)
        return lost not in names and len(names) >= wanted

    waiting.until(replaced, 60, released.status)
    worker = f"{released.made.name}-worker"
    emptied = ("--ignore-daemonsets", "--delete-emptydir-data", "--force", "--timeout=100s")
    released.kubectl("drain", worker, *emptied)
    released.kubectl("uncordon", worker)
    seconds = time.monotonic() - started
    load = client.result()
    measured("a pod deleted, a node drained, all back", seconds, load)
    assert not load.failures
    assert load.asked >= 5000
    released.settle()
