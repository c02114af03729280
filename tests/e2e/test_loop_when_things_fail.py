"""Whatever breaks during a training or a release, one model version and no half release remain."""

import contextlib
import json
import threading
from collections.abc import Callable, Iterator

import pytest

from tests.e2e import delivery
from tests.e2e.delivery import Delivered, Measured
from tests.e2e.harness import machine
from tests.e2e.workflows import end, finish, run, start, trainings

VERSIONS = """
import json, mlflow
found = mlflow.MlflowClient().search_model_versions("name='{project}'")
print(json.dumps([[version.version, version.tags["as_of"]] for version in found]))
"""


def versions(project: Delivered, as_of: str) -> list[str]:
    """Return the numbers of the model versions that were trained as of a day."""
    found = json.loads(project.connected("-c", VERSIONS.replace("{project}", project.name)))
    return [number for number, day in found if day == as_of]


def working_pods(project: Delivered) -> list[str]:
    """Name the pods in which a step of a training runs its own code now."""
    return [
        pod["metadata"]["name"]
        for pod in project.get("pods", "pipelines")
        if "system-container-impl" in pod["metadata"]["name"]
        and pod["status"]["phase"] == "Running"
        and not pod["metadata"].get("deletionTimestamp")
    ]


def delete(project: Delivered, pod: str) -> None:
    """Take a pod away at once, as a lost node does."""
    namespace = project.namespace("pipelines")
    project.kubectl("-n", namespace, "delete", "pod", pod, "--force", "--grace-period=0")


def evict(project: Delivered, pod: str) -> None:
    """Ask the API to evict a pod, as a drain does."""
    namespace = project.namespace("pipelines")
    eviction = {
        "apiVersion": "policy/v1",
        "kind": "Eviction",
        "metadata": {"name": pod, "namespace": namespace},
    }
    path = f"/api/v1/namespaces/{namespace}/pods/{pod}/eviction"
    project.kubectl("create", "--raw", path, "--filename=-", stdin=json.dumps(eviction))


@contextlib.contextmanager
def troubled(
    project: Delivered, faults: list[Callable[[Delivered, str], None]]
) -> Iterator[list[str]]:
    """Do one fault to each step's first pod while the body runs; yield the pods that were hit."""
    hit: list[str] = []
    over = threading.Event()

    def watch() -> None:
        while len(hit) < len(faults) and not over.wait(0.3):
            for pod in working_pods(project):
                if pod not in hit and len(hit) < len(faults):
                    with contextlib.suppress(machine.HarnessError):
                        faults[len(hit)](project, pod)
                        hit.append(pod)

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield hit
    finally:
        over.set()
        thread.join()


@pytest.mark.parametrize(("fault", "as_of"), [(delete, "2013-04-10"), (evict, "2013-04-12")])
def test_a_training_survives_the_loss_of_its_pods(
    fault: Callable[[Delivered, str], None], as_of: str, released: Delivered, measured: Measured
) -> None:
    with troubled(released, [fault] * 3) as hit:
        workflow = run(released, "train", as_of=as_of)
    assert len(hit) == 3
    assert workflow["status"]["phase"] == "Succeeded"
    assert len(versions(released, as_of)) == 1


def test_a_controller_that_restarts_loses_no_training(released: Delivered) -> None:
    namespace = released.namespace("pipelines")
    name = start(released, "train", as_of="2013-04-14")
    delivery.wait(lambda: bool(working_pods(released)), 120, released.status)
    released.kubectl("-n", namespace, "delete", "pod", "-l", "app=workflow-controller")
    finish(released, name)
    assert len(versions(released, "2013-04-14")) == 1


def test_two_trainings_at_once_make_one_version(released: Delivered) -> None:
    before = trainings(released)
    names = [start(released, "train", as_of="2013-04-16") for _ in range(2)]
    for name in names:
        finish(released, name)
    assert trainings(released) - before <= 2
    assert len(versions(released, "2013-04-16")) == 1


def test_stores_that_restart_are_waited_for(released: Delivered) -> None:
    name = start(released, "train", as_of="2013-04-18")
    delivery.wait(lambda: bool(working_pods(released)), 120, released.status)
    released.kubectl("-n", "local-storage", "rollout", "restart", "deployment/mysql")
    released.kubectl("-n", released.namespace("mlflow"), "rollout", "restart", "deployment/mlflow")
    finish(released, name)
    assert len(versions(released, "2013-04-18")) == 1


@contextlib.contextmanager
def kept_down(project: Delivered) -> Iterator[None]:
    """Keep the registry away while the body runs, against Argo CD, which brings it back."""
    over = threading.Event()
    scale = ("-n", project.namespace("mlflow"), "scale", "deployment/mlflow", "--replicas=0")

    def watch() -> None:
        while not over.wait(1):
            project.kubectl(*scale)

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def test_without_the_registry_a_training_fails_clearly_and_can_be_repeated(
    released: Delivered,
) -> None:
    with kept_down(released):
        failed = end(released, start(released, "train", as_of="2013-04-20"))
    assert failed["status"]["phase"] == "Failed"
    released.settle()
    run(released, "train", as_of="2013-04-20")
    assert len(versions(released, "2013-04-20")) == 1
