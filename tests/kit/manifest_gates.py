"""What holds for every object that a project brings into a cluster."""

import json
import re
import subprocess
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from . import manifests, schemas
from .gates import Findings, Gate
from .manifests import BOOTSTRAP, Built
from .pod_security import containers, pods

CLUSTER_WIDE = {
    "ClusterRole",
    "ClusterRoleBinding",
    "CustomResourceDefinition",
    "Namespace",
    "PriorityClass",
}
KEPT = {"Namespace", "PersistentVolumeClaim"}  # an Application never deletes them
NAME = re.compile(r"[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?")
VERSION = re.compile(r":[\w.-]*\d[\w.-]*$|@sha256:[0-9a-f]{64}$|:unreleased$")


def _each(check: Callable[[Built], Iterable[str]], directory: Path) -> Findings:
    findings = Findings()
    for built in manifests.applied(directory):
        findings.add(f"{built}: {problem}" for problem in check(built))
    return findings


def builds(directory: Path) -> Findings:
    """Kustomize builds every directory that can stand alone."""
    findings = Findings()
    for leaf in manifests.leaves(directory):
        try:
            built = manifests.build(directory, leaf)
        except subprocess.CalledProcessError as error:
            findings.add([f"{leaf}: {error.stderr.strip()[-300:]}"])
        else:
            findings.add([f"{leaf}: is empty"] * (not built))
    return findings


def schema(directory: Path) -> Findings:
    """Every object is valid, and its kind is Kubernetes' own or defined by a CRD of the tree."""
    objects = manifests.applied(directory)
    known = schemas.validators(b.object for b in objects if b.kind == "CustomResourceDefinition")
    findings = Findings()
    for built in objects:
        if built.kind != "CustomResourceDefinition":
            problem = _problem(json.dumps(built.object), tuple(known), known)
            findings.add([f"{built}: {problem}"] * bool(problem))
    return findings


_seen: dict[str, str | None] = {}


def _problem(text: str, _: Any, known: schemas.Validators) -> str | None:
    if text not in _seen:
        _seen[text] = schemas.problem(json.loads(text), known)
    return _seen[text]


def no_secrets(directory: Path) -> Findings:
    """Git holds no secret: at most an empty one that a controller fills."""
    return _each(
        lambda built: (
            ["holds data"]
            * (
                built.kind == "Secret"
                and bool(built.object.get("data") or built.object.get("stringData"))
            )
        ),
        directory,
    )


def images(directory: Path) -> Findings:
    """Every image names an exact version or a digest, and is not pulled for its own sake."""
    findings = Findings()
    for built in manifests.applied(directory):
        if built.kind == "CustomResourceDefinition":
            continue
        for container in (c for pod in pods(built.object) for c in containers(pod)):
            image, policy = container["image"], container.get("imagePullPolicy")
            findings.add(
                [f"{built}: {image} names no version"] * (not VERSION.search(image))
                + [f"{built}: {image} is pulled {policy}"] * (policy == "Always")
            )
    return findings


def names(directory: Path) -> Findings:
    """Every name fits where names go, and the labels do too."""

    def problems(built: Built) -> Iterator[str]:
        if built.kind != "CustomResourceDefinition" and not NAME.fullmatch(built.name):
            yield f"the name has {len(built.name)} characters"
        for key, value in (built.object["metadata"].get("labels") or {}).items():
            if len(str(value)) > 63:
                yield f"the label {key} has {len(value)} characters"

    return _each(problems, directory)


def unique(directory: Path) -> Findings:
    """No two directories bring the same object; what is cluster-wide bears the project's name."""
    objects = manifests.applied(directory)
    where = Counter((built.group, built.kind, built.namespace, built.name) for built in objects)
    prefix = project_name(directory)
    findings = Findings()
    for built in objects:
        key = built.group, built.kind, built.namespace, built.name
        shared = built.leaf.startswith((BOOTSTRAP, "clusters/"))
        wide = built.kind in CLUSTER_WIDE or built.namespace == "argocd"
        stranger = wide and not shared and not built.name.startswith(prefix)
        findings.add(
            [f"{built}: comes {where[key]} times"] * (where[key] > 1)
            + [f"{built}: does not begin with {prefix}"] * stranger
        )
    return findings


def project_name(directory: Path) -> str:
    """Return the name that the objects of a project begin with."""
    roots = [b for b in manifests.build(directory, "gitops") if b.kind == "Application"]
    return roots[0].name.removesuffix("-gitops")


def kept(directory: Path) -> Findings:
    """What holds data survives its Application: neither pruned nor deleted."""
    findings = Findings()
    for built in manifests.applied(directory):
        if built.kind in KEPT and not built.leaf.startswith((BOOTSTRAP, "clusters/")):
            annotations = built.object["metadata"].get("annotations", {})
            options = set(annotations.get("argocd.argoproj.io/sync-options", "").split(","))
            lacks = {"Delete=false", "Prune=false"} - options
            findings.add(f"{built}: lacks {option}" for option in sorted(lacks))
    return findings


MANIFESTS = [
    Gate(builds, floor=5),
    Gate(schema, floor=60),
    Gate(no_secrets, floor=60),
    Gate(images, floor=10),
    Gate(names, floor=60),
    Gate(unique, floor=60),
    Gate(kept, floor=3),
]
