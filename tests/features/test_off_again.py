"""Answers that were on and are off again: what Argo CD removes, and what somebody has to.

Argo CD leaves what its AppProject no longer allows, so the how-to names each of these objects.
"""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.kit import manifests
from tests.kit.manifest_gates import CLUSTER_WIDE
from tests.kit.manifests import Built
from tests.kit.project import Project, Renderer

APPLIED = re.compile(r"(components|environments)/[^/]+")
HOW_TO = {"keda": "scale-serving", "queues": "share-a-quota"}
SCALERS = {"HorizontalPodAutoscaler", "ScaledObject"}
CASES: list[tuple[str, dict[str, str]]] = [
    ("keda", {}),
    ("queues", {}),
    ("queues", {"cloud": "aws"}),
]


def applied(project: Project) -> dict[tuple[str, ...], Built]:
    """Return the objects of components and environments by what tells one from another."""
    leaves = [leaf for leaf in manifests.leaves(project.path) if APPLIED.fullmatch(leaf)]
    built = [item for leaf in leaves for item in manifests.build(project.path, leaf)]
    return {(item.kind, item.namespace, item.name): item for item in built}


def allowed(project: Project, item: Built) -> bool:
    """Tell whether Argo CD may still write, and so remove, an object."""
    owner = "flight-delays" if item.leaf.startswith("environments/") else "flight-delays-platform"
    (spec,) = (
        built.object["spec"]
        for built in manifests.build(project.path, "gitops")
        if (built.kind, built.name) == ("AppProject", owner)
    )
    wide = item.kind in CLUSTER_WIDE
    entries = spec["clusterResourceWhitelist" if wide else "namespaceResourceWhitelist"]
    return any(
        (entry["group"], entry["kind"]) == (item.group, item.kind)
        and entry.get("name", item.name) == item.name
        for entry in entries
    )


def told(project: Project, name: str) -> set[tuple[str, str]]:
    """Return kind and name of each object that the how-to lets people remove by its name."""
    text = (project.path / f"docs/how-to/{HOW_TO[name]}.md").read_text("utf-8")
    lines = [shlex.split(line) for line in re.findall(r"^ *\$ (kubectl .* delete .*)$", text, re.M)]
    parts = [line[line.index("delete") + 1 :] for line in lines if "--kustomize" not in line]
    return {(kind, word) for kind, *rest in parts for word in rest if not word.startswith("--")}


def gone(name: str, render: Renderer, **answers: str) -> tuple[Project, list[Built]]:
    """Return the project without an answer, and the objects that only the answer brings."""
    off = render(answers)
    before, after = applied(render(answers | {name: True})), applied(off)
    return off, [before[key] for key in before.keys() - after.keys()]


@pytest.mark.parametrize(("name", "answers"), CASES)
def test_what_argo_cd_may_not_remove_any_more_the_how_to_does(
    name: str, answers: dict[str, str], render: Renderer
) -> None:
    off, objects = gone(name, render, **answers)
    stays = {(item.kind.lower(), item.name) for item in objects if not allowed(off, item)}
    assert stays
    assert told(render(answers | {name: True}), name) == stays


def test_what_a_step_may_do_goes_by_itself(render: Renderer) -> None:
    off, objects = gone("queues", render)
    removed = {(item.kind, item.name) for item in objects if allowed(off, item)}
    assert {("Role", "training-queuer"), ("RoleBinding", "training-queuer")} <= removed


@pytest.mark.parametrize("environment", ["dev", "staging", "prod"])
def test_the_autoscaler_comes_back_for_the_same_rollout(environment: str, render: Renderer) -> None:
    scalers = []
    for project in (render({"keda": True}), render({})):
        built = manifests.build(project.path, f"environments/{environment}")
        scalers += [item.object["spec"] for item in built if item.kind in SCALERS]
    assert scalers[0]["scaleTargetRef"] == scalers[1]["scaleTargetRef"]
    assert scalers[0]["minReplicaCount"] == scalers[1]["minReplicas"]


def with_patch(project: Project, destination: Path) -> Project:
    """Return a copy whose production has a KEDA elsewhere, as the how-to says it."""
    copied = project.copy(destination)
    text = (copied.path / "docs/how-to/scale-serving.md").read_text("utf-8")
    (patch,) = re.findall(r"^```yaml\n(patches:\n.*?)^```", text, re.M | re.S)
    path = copied.path / "clusters/production/kustomization.yaml"
    path.write_text(path.read_text("utf-8") + patch, "utf-8")
    return copied


def policy(project: Project) -> dict[str, Any]:
    built = manifests.build(project.path, "components/monitoring", "production")
    (found,) = (i.object for i in built if (i.kind, i.name) == ("NetworkPolicy", "keda"))
    return found


def test_prometheus_answers_a_keda_in_another_namespace(render: Renderer, tmp_path: Path) -> None:
    project = render({"keda": True})
    before, after = policy(project), policy(with_patch(project, tmp_path / "project"))
    (caller,) = after["spec"]["ingress"][0]["from"]
    assert caller["namespaceSelector"]["matchLabels"] == {
        "kubernetes.io/metadata.name": "autoscaling"
    }
    assert yaml.safe_dump(after).replace("autoscaling", "keda") == yaml.safe_dump(before)
