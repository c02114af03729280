"""Whatever breaks during a training or a release, one model version and no half release remain."""

import contextlib
import json
import re
import threading
from collections.abc import Callable, Iterator

import pytest

from tests.e2e import delivery
from tests.e2e.delivery import Delivered, Measured
from tests.e2e.harness import machine
from tests.e2e.workflows import finish, run, said, start, trainings

STEPS = ("ingest", "validate", "train", "evaluate", "compress", "register")
REJECT_ONCE = """#!/bin/sh
rm "$0"
echo "rejected once" >&2
exit 1
"""
VERSIONS = """
import json, mlflow
found = mlflow.MlflowClient().search_model_versions("name='{project}'")
print(json.dumps([[version.version, version.tags["as_of"]] for version in found]))
"""


def versions(project: Delivered, as_of: str) -> list[str]:
    """Return the numbers of the model versions that were trained as of a day."""
    connect = ("-m", "clusters.connect", "kind", ".venv/bin/python", "-c")
    script = VERSIONS.replace("{project}", project.name)
    found = json.loads(project.python(*connect, script, CLUSTER=project.made.name))
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


def kill(project: Delivered, pod: str) -> None:
    """End a step's process as the kernel does when memory is short."""
    script = "kill -9 $(pgrep -f kfp.dsl.executor_main)"
    namespace = project.namespace("pipelines")
    project.kubectl("-n", namespace, "exec", pod, "--container=main", "--", "sh", "-c", script)


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


def test_without_the_registry_a_training_says_what_failed_and_can_be_repeated(
    released: Delivered,
) -> None:
    namespace, argo = released.namespace("mlflow"), f"{released.name}-mlflow"
    paused = json.dumps({"spec": {"syncPolicy": {"automated": None}}})
    policy = released.kubectl(
        "-n", "argocd", "get", "application", argo, "-o", "jsonpath={.spec.syncPolicy.automated}"
    )
    released.kubectl(
        "-n", "argocd", "patch", "application", argo, "--type=merge", f"--patch={paused}"
    )
    released.kubectl("-n", namespace, "scale", "deployment/mlflow", "--replicas=0")
    with pytest.raises(machine.HarnessError, match=re.compile("register|MLflow|mlflow")):
        released.make("train", "AS_OF=2013-04-20")
    back = json.dumps({"spec": {"syncPolicy": {"automated": json.loads(policy)}}})
    released.kubectl(
        "-n", "argocd", "patch", "application", argo, "--type=merge", f"--patch={back}"
    )
    released.kubectl("-n", namespace, "scale", "deployment/mlflow", "--replicas=1")
    released.settle()
    released.make("train", "AS_OF=2013-04-20")
    assert len(versions(released, "2013-04-20")) == 1


def test_a_push_that_is_rejected_once_is_made_again(released: Delivered) -> None:
    released.make("train", "AS_OF=2013-10-01")
    gate = run(released, "gate")
    assert said(gate, "gate")["verdict"] in {"passed", "unchanged"}
    hook = f"/srv/git/{released.name}.git/hooks/pre-receive"
    write = f"cat > {hook} && chmod +x {hook}"
    git = ("-n", "git", "exec", "--stdin", "deployment/git", "--", "sh", "-c")
    released.kubectl(*git, write, stdin=REJECT_ONCE)
    run(released, "promote", to="dev")
    released.git("pull", "--quiet", "--rebase", "kind", "main")
    assert released.git("log", "-1", "--format=%s").startswith("release(dev)")
    assert released.git("status", "--porcelain") == ""
    left = released.kubectl(*git, f"test -e {hook} && echo there || echo gone")
    assert left.strip() == "gone"
