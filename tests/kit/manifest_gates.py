"""What holds for every object that a project brings into a cluster."""

import json
import re
import subprocess
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from . import cloud_kinds, manifests, schemas
from .gates import Findings, Gate
from .manifests import BOOTSTRAP, Built

CLUSTER_WIDE = {
    "AKSNodeClass",
    "APIService",
    "ClusterQueue",
    "ClusterRole",
    "ClusterRoleBinding",
    "ComputeClass",
    "CustomResourceDefinition",
    "EC2NodeClass",
    "Namespace",
    "NodePool",
    "PriorityClass",
    "ResourceFlavor",
    "WorkloadPriorityClass",
}
KEPT = {"Namespace", "PersistentVolumeClaim"}  # an Application never deletes them
LINTED = {"EventBus", "EventSource", "Sensor"}  # their CRDs say nothing, workflow_gates.py does
NAME = re.compile(r"[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?")
DIGEST = "@sha256:[0-9a-f]{64}"
TAG = r":v?\d+\.\d+\.\d+[\w.-]*"
EXACT = re.compile(rf"[\w./-]+({TAG}|{DIGEST}|{TAG}{DIGEST})|localhost/[\w-]+:\d+")
OWN = rf"({DIGEST}|:[0-9a-f]{{12}}|:unreleased|:\d+\.\d+\.\d+)"  # sources, nothing yet, MLflow


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
    """Every object is valid; its kind is Kubernetes' own, or of a CRD of the tree or a cloud."""
    objects = manifests.applied(directory)
    brought = [b.object for b in objects if b.kind == "CustomResourceDefinition"]
    known = schemas.validators([*brought, *cloud_kinds.crds()])
    findings = Findings()
    for built in objects:
        if built.kind not in {"CustomResourceDefinition", *LINTED}:
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
    """Upstream's images have an exact tag; ours a digest, or a tag that kind gives them."""
    own = re.compile(rf"\S+/{re.escape(project_name(directory))}/[a-z]+{OWN}")
    findings = Findings()
    for where, image in [*_named(directory), *_started_from(directory)]:
        exact = own.fullmatch(image) or EXACT.fullmatch(image)
        findings.add([f"{where}: {image} names no exact version"] * (not exact))
    for built in manifests.applied(directory):
        always = re.findall(r'"imagePullPolicy": "Always"', json.dumps(built.object))
        crd = built.kind == "CustomResourceDefinition"
        findings.add([f"{built}: an image is pulled Always"] * (bool(always) and not crd))
    return findings


def _named(directory: Path) -> Iterator[tuple[str, str]]:
    for built in manifests.applied(directory):
        if built.kind != "CustomResourceDefinition":
            yield from ((str(built), image) for image in _images(built.object) if "{{" not in image)


def _images(value: Any) -> Iterator[str]:
    """Yield the images of containers, those in variables, and the executor's of workflows."""
    if isinstance(value, list):
        for item in value:
            yield from _images(item)
    elif isinstance(value, dict):
        variable = str(value.get("name", "")).endswith("_IMAGE")
        yield from filter(None, (value.get("image"), value.get("value") if variable else None))
        yield from _images([child for child in value.values() if not isinstance(child, str)])
    elif isinstance(value, str) and value.startswith("--executor-image="):
        yield value.partition("=")[2]


def _started_from(directory: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(directory.rglob("Dockerfile")):
        name = path.relative_to(directory).as_posix()
        for image in re.findall(r"^FROM (\S+)", path.read_text("utf-8"), re.M):
            yield name, image


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
    Gate(images, floor=60),
    Gate(names, floor=60),
    Gate(unique, floor=60),
    Gate(kept, floor=3),
]
