"""Queues and scaling are turned off again as the how-tos say, in a project that had both.

Before that, somebody else is said to keep Kueue and KEDA, and what they have set stays.
"""

import json
import re
import shlex
import time

import pytest
import yaml

from hooks.template import load_yaml
from tests.e2e.kit import waiting
from tests.e2e.kit.delivery import ENVIRONMENTS, Delivered, Measured
from tests.kit import versions

OPERATORS = {  # a Deployment, its namespace, and the processors that somebody else gives it
    "kueue": ("kueue-controller-manager", "kueue-system", "900m"),
    "keda": ("keda-operator", "keda", "900m"),
}
EXCLUDED = "  - path: gitops/bootstrap/{}/kustomization.yaml\n    exclude: true\n"
HOW_TO = ("share-a-quota", "scale-serving")
FIGURES = ("requests-active", "requests-per-second", "scale-down-seconds")
AS_OF = "2013-02-22"


def limits(project: Delivered) -> list[str]:
    """Return how many processors each operator may use."""
    found = []
    for deployment, namespace, _ in OPERATORS.values():
        words = ("-n", namespace, "get", "deployment", deployment, "--output=json")
        spec = json.loads(project.kubectl(*words))["spec"]["template"]["spec"]
        found.append(str(spec["containers"][0]["resources"]["limits"]["cpu"]))
    return found


def resize(project: Delivered) -> None:
    """Let somebody else give the operators other limits."""
    for deployment, namespace, cpu in OPERATORS.values():
        words = ("-n", namespace, "set", "resources", "deployment", deployment)
        project.kubectl(*words, f"--limits=cpu={cpu}")


def commit(project: Delivered, message: str) -> None:
    project.git("add", "--all")
    project.git("commit", "--quiet", "--message", message)
    project.up()


@pytest.fixture(scope="module")
def on(released: Delivered) -> Delivered:
    """Return the project with both answers, as the tests before left it, or turn them on."""
    released.git("pull", "--quiet", "--rebase", "kind", "main")
    answers = load_yaml(released.path / ".copier-answers.yml")
    assert answers.get("queues"), "compute/test_queues.py has turned them on, and runs before"
    assert answers.get("keda"), "compute/test_autoscaling.py has turned it on, and runs before"
    return released


@pytest.fixture(scope="module")
def kept(on: Delivered) -> tuple[list[str], list[str]]:
    """Return the limits of operators that somebody else keeps, and once the project has them."""
    values = on.path / "clusters/kind/values.yaml"
    before = values.read_text("utf-8")
    values.write_text(before + "".join(map(EXCLUDED.format, OPERATORS)), "utf-8")
    resize(on)
    commit(on, "chore: somebody else keeps the operators")
    theirs = limits(on)
    values.write_text(before, "utf-8")
    commit(on, "chore: they are the project's again")
    return theirs, limits(on)


def test_what_somebody_else_keeps_is_left_as_it_is(kept: tuple[list[str], list[str]]) -> None:
    theirs, ours = kept
    assert theirs == [cpu for *_, cpu in OPERATORS.values()]
    assert "900m" not in ours


def removals(project: Delivered) -> list[list[str]]:
    """Return the words of what the how-tos let people remove, of every environment."""
    texts = [(project.path / f"docs/how-to/{name}.md").read_text("utf-8") for name in HOW_TO]
    lines = re.findall(r"^ *\$ kubectl --context CONTEXT (.*\bdelete .*)$", "\n".join(texts), re.M)
    prod = f"{project.name}-prod"
    spread = [
        line.replace(prod, project.namespace(name))
        for line in lines
        if "--kustomize" not in line  # what the whole cluster has stays
        for name in (ENVIRONMENTS if prod in line else ENVIRONMENTS[:1])
    ]
    return [shlex.split(line) for line in spread]


def forget(project: Delivered) -> None:
    """Take both answers back, and what files of the user's own say of them."""
    version = load_yaml(project.path / ".copier-answers.yml")["_commit"]
    versions.update(project.path, version, {"queues": False, "keda": False})
    for values in project.path.glob("clusters/*/values.yaml"):
        text = re.sub(r"^queues:.*?\n\n", "", values.read_text("utf-8"), flags=re.M | re.S)
        values.write_text(text, "utf-8")
    for path in project.path.glob("environments/*/env.yaml"):
        content = yaml.safe_load(path.read_text("utf-8"))
        content["data"] = {k: v for k, v in content["data"].items() if k not in FIGURES}
        path.write_text(yaml.safe_dump(content), "utf-8")
    first = project.git("rev-list", "--max-parents=0", "HEAD").split()[-1]
    project.git("checkout", first, "--", "src/flight_delays/model.py")


@pytest.fixture(scope="module")
def off(kept: object, on: Delivered, measured: Measured) -> Delivered:
    """Turn both off, and remove what Argo CD may not, while the operators still run."""
    commands = removals(on)
    assert len(commands) >= 2 + len(ENVIRONMENTS)
    forget(on)
    started = time.monotonic()
    commit(on, "feat: nothing waits and nothing is counted")
    for words in commands:
        on.kubectl(*words)
    on.settle()
    measured("queues and KEDA turned off, until all is settled", time.monotonic() - started)
    return on


def autoscalers(project: Delivered) -> dict[str, list[str]]:
    """Return the names of the autoscalers of each environment."""
    return {
        name: [item["metadata"]["name"] for item in project.get("horizontalpodautoscalers", name)]
        for name in ENVIRONMENTS
    }


def test_one_autoscaler_is_left_in_each_environment_and_no_pod_is_lost(off: Delivered) -> None:
    alone = {name: ["serving"] for name in ENVIRONMENTS}
    waiting.until(lambda: autoscalers(off) == alone, 120, lambda: str(autoscalers(off)))
    for name in ENVIRONMENTS:
        assert off.get("scaledobjects.keda.sh", name) == []
        assert off.get("rollouts.argoproj.io", name, "serving")["status"]["readyReplicas"] >= 1


def test_no_queue_is_left_and_status_speaks_of_none(off: Delivered) -> None:
    def queues() -> list[str]:
        return [
            line
            for kind in ("clusterqueues", "localqueues")
            for line in off.kubectl("get", kind, "--all-namespaces", "--output=name").split()
            if line.rpartition("/")[2] in (off.name, "trainings")
        ]

    waiting.until(lambda: not queues(), 120, lambda: str(queues()))
    assert "TRAINING" not in off.status()
    assert "queue" not in off.status()


def test_a_training_begins_at_once_and_makes_no_job(off: Delivered) -> None:
    printed = off.make("train", f"AS_OF={AS_OF}")
    assert re.search(rf"{off.name} v\d+, model [0-9a-f]{{12}}", printed.splitlines()[-1])
    assert "waits in" not in printed
    assert off.get("jobs", "pipelines") == []
