"""Whatever breaks during a training or a release, one model version and no half release remain."""

import contextlib
import json
import re
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from offline import machine
from tests.e2e.kit import waiting, workloads
from tests.e2e.kit.delivery import Delivered, Measured
from tests.e2e.kit.workflows import STEPS, end, finish, run, runs, start
from tests.e2e.kit.workloads import PROGRAMS

STORES = "local-storage"
OUTAGE = 30  # seconds


def versions(project: Delivered, as_of: str) -> list[str]:
    """Return the numbers of the model versions that were trained as of a day."""
    found = json.loads(project.asked("versions", project.name))
    return [number for number, day in found if day == as_of]


def working_pods(project: Delivered) -> dict[str, str]:
    """Name the pods in which a step of a training runs its own code now, each by its step."""
    return {
        step_of(pod): pod["metadata"]["name"]
        for pod in project.get("pods", "pipelines")
        if "system-container-impl" in pod["metadata"]["name"]
        and pod["status"]["phase"] == "Running"
        and not pod["metadata"].get("deletionTimestamp")
    }


def works_on(project: Delivered, step: str) -> None:
    """Wait until a training works on a step."""
    waiting.until(lambda: step in working_pods(project), 240, project.status)


def step_of(pod: dict[str, Any]) -> str:
    """Return the step that a pod tries, whichever time it tries it."""
    place = pod["metadata"]["annotations"]["workflows.argoproj.io/node-name"]
    return str(re.sub(r"\(\d+\)", "", place).split(".")[-2])


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


def kill(project: Delivered, pod: str) -> None:
    """Kill the step's process and leave its pod alone."""
    within(project, pod, "kill")


def exhaust(project: Delivered, pod: str) -> None:
    """Take more memory than the pod may have, until the kernel kills the step for it."""
    with contextlib.suppress(machine.HarnessError):  # where it kills all of a container
        within(project, pod, "exhaust")


def within(project: Delivered, pod: str, what: str) -> None:
    """Do a fault to the step's process in a pod."""
    program = (PROGRAMS / "break_step.py").read_text()
    command = ("exec", pod, "--container=main", "--", "python", "-c", program, what)
    project.kubectl("-n", project.namespace("pipelines"), *command)


FAULTS = (kill, delete, exhaust, evict)


@contextlib.contextmanager
def troubled(project: Delivered) -> Iterator[dict[str, str]]:
    """Do a fault to each step once while the body runs; yield the steps with their faults."""
    hit: dict[str, str] = {}
    over = threading.Event()

    def watch() -> None:
        while not over.wait(0.1):
            for step, pod in working_pods(project).items():
                if step not in hit:
                    fault = FAULTS[len(hit) % len(FAULTS)]
                    hit[step] = fault.__name__
                    fault(project, pod)

    with ThreadPoolExecutor() as pool:
        watching = pool.submit(watch)
        try:
            yield hit
        finally:
            over.set()
        watching.result()


def endings(project: Delivered) -> set[str]:
    """Return why containers of failed pods ended."""
    return {
        container["state"].get("terminated", {}).get("reason", "")
        for pod in project.get("pods", "pipelines")
        for container in pod["status"].get("containerStatuses", [])
    }


def test_a_training_survives_that_each_step_is_lost_once(
    released: Delivered, measured: Measured
) -> None:
    started = time.monotonic()
    with troubled(released) as hit:
        run(released, "train", as_of="2013-04-10")
    measured("training in which each step was lost once", time.monotonic() - started)
    assert set(hit) == STEPS
    assert set(hit.values()) == {fault.__name__ for fault in FAULTS}
    assert "OOMKilled" in endings(released)
    assert len(versions(released, "2013-04-10")) == 1


@pytest.fixture
def broken_store(released: Delivered) -> Iterator[str]:
    """Run a server that answers every request with 500; return the name of its pod."""
    image = released.release("dev")["serve-image"]
    program = (PROGRAMS / "answer_500.py").read_text()
    broken = workloads.pod("broken-s3", "", image=image, command=["python", "-c", program])
    workloads.apply(released.made, STORES, broken)
    workloads.ready(released.made, STORES, "pod/broken-s3")
    yield "broken-s3"
    released.kubectl("-n", STORES, "delete", "pod", "broken-s3")


def fail_store(project: Delivered, broken: str) -> None:
    """Let the object store answer 500 for OUTAGE seconds, and until some requests have met it."""

    def refused() -> int:
        return project.kubectl("-n", STORES, "logs", broken).count('" 500 ')

    over = time.monotonic() + OUTAGE
    select(project, {"app": broken, "app.kubernetes.io/name": None})
    try:
        waiting.until(
            lambda: time.monotonic() > over and refused() >= 3, 120, lambda: f"{refused()} requests"
        )
    finally:
        select(project, {"app": None, "app.kubernetes.io/name": "s3"})


def select(project: Delivered, labels: dict[str, str | None]) -> None:
    """Send what asks for the object store to other pods."""
    patch = json.dumps({"spec": {"selector": labels}})
    project.kubectl("-n", STORES, "patch", "service/s3", "--type=merge", f"--patch={patch}")


def test_a_training_outlasts_that_what_it_needs_is_away(
    released: Delivered, broken_store: str
) -> None:
    name = start(released, "train", as_of="2013-04-14")
    works_on(released, "ingest")
    pipelines = ("-n", released.namespace("pipelines"))
    released.kubectl(*pipelines, "delete", "pod", "--selector=app=workflow-controller")
    works_on(released, "validate")
    fail_store(released, broken_store)
    works_on(released, "train")
    released.kubectl("-n", STORES, "rollout", "restart", "deployment/mysql")
    released.kubectl("-n", released.namespace("mlflow"), "rollout", "restart", "deployment/mlflow")
    finish(released, name)
    assert len(versions(released, "2013-04-14")) == 1


@contextlib.contextmanager
def kept_down(project: Delivered) -> Iterator[None]:
    """Keep the registry away while the body runs, against Argo CD, which brings it back."""
    over = threading.Event()
    registry = ("-n", project.namespace("mlflow"), "scale", "deployment/mlflow")

    def watch() -> None:
        while not over.wait(1):
            project.kubectl(*registry, "--replicas=0")

    with ThreadPoolExecutor() as pool:
        watching = pool.submit(watch)
        try:
            yield
        finally:
            over.set()
        watching.result()
    project.kubectl(*registry, "--replicas=1")  # Argo CD tries ever more seldom


def held(project: Delivered, names: list[str]) -> str:
    """Wait until one of some workflows waits for a lock that another one has; return its name."""

    def waits(name: str) -> bool:
        status = project.get("workflows.argoproj.io", "pipelines", name).get("status", {})
        nodes = status.get("nodes", {}).values()
        return any(node.get("synchronizationStatus", {}).get("waiting") for node in nodes)

    return waiting.until(lambda: next(filter(waits, names), None), 60, project.status)


def test_of_two_trainings_at_once_one_fails_without_the_registry_and_the_other_repeats_it(
    released: Delivered,
) -> None:
    before = {item["metadata"]["name"] for item in runs(released)}
    names = [start(released, "train", as_of="2013-04-20") for _ in range(2)]
    other = held(released, names)
    (one,) = {*names} - {other}
    with kept_down(released):
        failed = end(released, one)
    assert failed["status"]["phase"] == "Failed"
    released.settle()
    finish(released, other)  # its last step needs the registry
    new = [item["status"] for item in runs(released) if item["metadata"]["name"] not in before]
    first, second = sorted(new, key=lambda status: str(status["startedAt"]))
    assert first["finishedAt"] <= second["startedAt"]
    assert len(versions(released, "2013-04-20")) == 1
