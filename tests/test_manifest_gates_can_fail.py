"""Each gate of the manifests finds a defect that is planted for it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.kit import checkov_run, manifests
from tests.kit.manifest_gates import MANIFESTS
from tests.kit.manifest_readiness import LIST, READINESS
from tests.kit.manifest_rights import RIGHTS
from tests.kit.project import Project

GATES = {gate.name: gate for gate in [*MANIFESTS, *READINESS, *RIGHTS]}
Plant = Callable[[Path], None]


def replace(name: str, old: str, new: str) -> Plant:
    """Return a defect: another text in a file."""

    def plant(project: Path) -> None:
        path = project / name
        text = path.read_text("utf-8")
        assert old in text, f"{name} does not hold {old}"
        path.write_text(text.replace(old, new), "utf-8")

    return plant


def add(name: str, text: str) -> Plant:
    """Return a defect: one more object in the model service."""

    def plant(project: Path) -> None:
        (project / f"components/serving/kubernetes/{name}").write_text(text, "utf-8")
        replace("components/serving/kubernetes/kustomization.yaml", "resources:\n", f"resources:\n  - {name}\n")(project)

    return plant


def both_open(project: Path) -> None:
    for name in ("components/serving/kubernetes/networkpolicy.yaml", "components/serving/kubernetes/blue-green/networkpolicy.yaml"):
        replace(name, "podSelector: {}", "podSelector: {matchLabels: {a: b}}")(project)


FILLED = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: s\nstringData:\n  password: hunter2\n"
ROLE = """apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: wide
rules:
  - apiGroups: [""]
    resources: [{resource}]
    verbs: [{verb}]
"""
DEFECTS = [
    (
        "builds",
        replace("components/serving/kubernetes/kustomization.yaml", "- service.yaml", "- nothing.yaml"),
        "nothing",
    ),
    ("schema", replace("components/serving/kubernetes/service.yaml", "ports:", "prots:"), "prots"),
    ("schema", replace("components/serving/kubernetes/blue-green/rollout.yaml", "activeService", "active"), "active"),
    ("schema", replace("components/serving/kubernetes/service.yaml", "kind: Service", "kind: Servant"), "nobody defines"),
    ("pod_security", replace("components/serving/kubernetes/deployment.yaml", "runAsNonRoot: true", ""), "runAsNonRoot"),
    ("pod_security", replace("components/serving/kubernetes/deployment.yaml", "[ALL]", "[]"), "capabilities"),
    ("pod_security", replace("environments/dev/namespace.yaml", "restricted", "baseline"), "enforces"),
    ("rbac", add("role.yaml", ROLE.format(resource="pods", verb="'*'")), "wildcard"),
    ("rbac", add("role.yaml", ROLE.format(resource="secrets", verb="get")), "secrets"),
    ("rbac", add("role.yaml", ROLE.format(resource="pods", verb="escalate")), "rights"),
    ("no_secrets", add("secret.yaml", FILLED), "holds data"),
    ("images", replace("environments/dev/release.yaml", ":unreleased", ":latest"), "no exact"),
    ("images", replace("environments/dev/release.yaml", ":unreleased", ":1"), "no exact"),
    (
        "images",
        replace("images/mlflow/Dockerfile", "python:3.13.14-slim", "python:3.13-slim"),
        "no exact",
    ),
    (
        "images",
        replace("components/argo-workflows/controller-args.yaml", "v3.7.17", "v3"),
        "no exact",
    ),
    ("images", replace("components/serving/kubernetes/deployment.yaml", "IfNotPresent", "Always"), "pulled"),
    ("names", replace("components/serving/kubernetes/service-pods.yaml", "serving-pods", "s" * 64), "64 characters"),
    ("unique", replace("environments/prod/kustomization.yaml", "-prod", "-dev"), "2 times"),
    ("unique", replace("gitops/appproject-platform.yaml", "name: flight", "name: other"), "begin"),
    ("kept", replace("environments/dev/namespace.yaml", "Delete=false,", ""), "Delete=false"),
    ("projects", replace("gitops/appproject-environments.yaml", "kind: Rollout", "kind: X"), "X"),
    ("projects", add("role.yaml", ROLE.format(resource="pods", verb="get")), "Role"),
    ("network", both_open, "is open"),
    ("kinds", replace(LIST, "get crd applications", "get crd planted"), "nothing brings planted"),
    ("places", replace(LIST, "data.storeHost", "data.storeHots"), "0 of 0"),
    ("places", replace(LIST, "kind: local-storage", "kind: localstorage"), "0 of 1"),
    ("secrets", replace(LIST, "name: git,", "name: nobodys,"), "used by nothing"),
    (
        "secrets",
        replace("components/serving/kubernetes/deployment.yaml", "secretName: registry", "secretName: r"),
        "lack",
    ),
]


@pytest.mark.parametrize(("gate", "plant", "expected"), DEFECTS)
def test_a_planted_defect_is_found(
    gate: str, plant: Plant, expected: str, standard: Project, tmp_path: Path
) -> None:
    project = standard.copy(tmp_path / "project").path
    before = set(GATES[gate].judge(project).problems)
    plant(project)
    found = [line for line in GATES[gate].judge(project).problems if line not in before]
    assert any(expected in line for line in found), found


def test_checkov_finds_a_planted_defect(standard: Project, tmp_path: Path) -> None:
    project = standard.copy(tmp_path / "project").path
    replace("components/serving/kubernetes/deployment.yaml", "readOnlyRootFilesystem: true", "")(project)
    objects = [built for built in manifests.applied(project) if built.name == "serving"]
    report = checkov_run.run(objects, tmp_path)
    assert any("CKV_K8S_22" in line for line in report.failed), report.failed


def test_every_gate_has_a_planted_defect() -> None:
    assert {gate for gate, _, _ in DEFECTS} == set(GATES)
