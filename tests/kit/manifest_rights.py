"""What the objects of a project may do: as pods, with the API, through Argo CD, on the network."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from . import manifests
from .gates import Findings, Gate
from .manifest_gates import CLUSTER_WIDE, project_name
from .manifests import BOOTSTRAP, Built, Object
from .pod_security import pods, violations

WIDE_ROLES = {  # upstream's, with the reason why they stay
    "argocd-application-controller": "applies what Git holds; AppProjects bound it",
    "keda-external-metrics-reader": "the name of a figure is the name of a resource",
}
SECRET_READERS = {
    "argo-rollouts": "reads the notification and analysis secrets of every namespace",
    "argocd-application-controller": "keeps the credentials of clusters and repositories",
    "argocd-applicationset-controller": "reads the credentials of generators",
    "argocd-redis": "makes the password of its cache, named at run time",
    "keda-operator": "makes the certificate of its API in its own namespace; no other is read",
    "kueue-manager-secrets-role": "makes the certificate of its webhooks in its own namespace",
}

NODE_READERS = {  # what `restricted` forbids, by the end of the namespace's name: the reason
    "-log-agent": ("volume pods", "reads what kubelet writes of pods, as group 0 and read-only"),
}
REPLACED = {("autoscaling", "HorizontalPodAutoscaler"): ("keda.sh", "ScaledObject")}


def pod_security(directory: Path) -> Findings:
    """Every pod, whatever object holds its template, is `restricted`, and so is its namespace."""
    findings = Findings()
    for built in manifests.applied(directory):
        if built.kind == "Namespace":
            labels = built.object["metadata"].get("labels", {})
            level = labels.get("pod-security.kubernetes.io/enforce")
            wrong = level != ("privileged" if _allowed(built.name) else "restricted")
            findings.add([f"{built}: enforces {level}"] * wrong)
        elif built.kind != "CustomResourceDefinition":
            for pod in pods(built.object):
                problems = set(violations(pod)) - {_allowed(built.namespace)}
                findings.add(f"{built}: {problem}" for problem in sorted(problems))
    return findings


def _allowed(namespace: str) -> str:
    """Return the one violation that a namespace is made for, if it is."""
    return next((NODE_READERS[end][0] for end in NODE_READERS if namespace.endswith(end)), "")


def _rbac(built: Built) -> Iterator[str]:
    if built.object.get("roleRef", {}).get("name") in {"admin", "cluster-admin"}:
        yield "binds an administrator's role"
    for rule in built.object.get("rules") or []:
        words = {word for value in rule.values() for word in value}
        if "*" in words and built.name not in WIDE_ROLES:
            yield "has a wildcard"
        if words & {"bind", "escalate", "impersonate"}:
            yield "can give itself rights"
        reads = "secrets" in rule.get("resources", []) and not rule.get("resourceNames")
        if reads and built.name not in SECRET_READERS:
            yield "reads secrets that it does not name"


def rbac(directory: Path) -> Findings:
    """No wildcard, no administrator, no way to more rights, secrets by name."""
    findings = Findings()
    for built in manifests.applied(directory):
        if built.kind in {"ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"}:
            findings.add(f"{built}: {problem}" for problem in _rbac(built))
    return findings


def projects(directory: Path) -> Findings:
    """Each AppProject allows exactly the namespaces and kinds that its directories bring."""
    findings = Findings()
    name = project_name(directory)
    rooms = {name: "environments/[^/]+", f"{name}-platform": "components/[^/]+"}
    for built in manifests.build(directory, "gitops"):
        if built.kind == "AppProject":
            findings.add(_compare(built, _brought(directory, rooms.get(built.name, "gitops"))))
    return findings


def _brought(directory: Path, room: str) -> list[Built]:
    leaves = [leaf for leaf in manifests.leaves(directory) if re.fullmatch(room, leaf)]
    return [built for leaf in leaves for built in manifests.buildable(directory, leaf)]


def _compare(project: Built, objects: list[Built]) -> Iterator[str]:
    spec: Object = project.object["spec"]
    wide = {(b.group, b.kind, b.name) for b in objects if b.kind in CLUSTER_WIDE}
    rest = [built for built in objects if built.kind not in CLUSTER_WIDE]
    wanted: list[tuple[str, set[Any], set[Any]]] = [
        (
            "cluster-wide objects",
            wide,
            {(r["group"], r["kind"], r.get("name")) for r in spec["clusterResourceWhitelist"]},
        ),
        (
            "kinds",
            _with_replaced({(built.group, built.kind) for built in rest}),
            {(r["group"], r["kind"]) for r in spec["namespaceResourceWhitelist"]},
        ),
        (
            "namespaces",
            {built.namespace for built in rest},
            {destination["namespace"] for destination in spec["destinations"]},
        ),
    ]
    for what, brought, allowed in wanted:
        if brought - allowed:
            yield f"{project}: {what} not allowed: {sorted(map(str, brought - allowed))}"
        if allowed - brought:
            yield f"{project}: {what} allowed for nothing: {sorted(map(str, allowed - brought))}"


def _with_replaced(kinds: set[Any]) -> set[Any]:
    """Add the kinds in whose place others came: Argo CD removes only what it may write."""
    return kinds | {old for old, new in REPLACED.items() if new in kinds}


def network(directory: Path) -> Findings:
    """Every pod of the project is behind a NetworkPolicy, both ways."""
    objects = manifests.applied(directory)
    policies: dict[str, set[str]] = {}
    for built in objects:
        if built.kind == "NetworkPolicy" and not built.object["spec"]["podSelector"]:
            types = set(built.object["spec"]["policyTypes"])
            policies[built.namespace] = policies.get(built.namespace, set()) | types
    findings = Findings()
    for built in objects:
        shared = built.leaf.startswith((BOOTSTRAP, "clusters/"))
        if any(True for _ in pods(built.object)) and not shared:
            lacks = {"Egress", "Ingress"} - policies.get(built.namespace, set())
            findings.add(f"{built}: {way} is open" for way in sorted(lacks))
    return findings


RIGHTS = [
    Gate(pod_security, floor=10),
    Gate(rbac, floor=5),
    Gate(projects, floor=3),
    Gate(network, floor=3),
]
