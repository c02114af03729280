"""What `make readiness` reads agrees with the manifests that it is about."""

import tomllib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from . import manifests
from .gates import Findings, Gate
from .manifest_gates import project_name
from .manifests import BOOTSTRAP

CRD = "CustomResourceDefinition"
STEPS = "src/slipway/training/access.py"  # names the Secrets of the pipeline's steps
REFERENCES = {  # field that names a Secret: fields beside it that name keys
    "accessKeySecret": ("key",),
    "secretKeySecret": ("key",),
    "secretKeyRef": ("key",),
    "secretRef": ("accessKeyKey", "secretKeyKey"),
    "secret": (),
}


def needs(directory: Path) -> dict[str, dict[str, Any]]:
    """Return the content of each needs.yaml by its name."""
    return {
        path.relative_to(directory).as_posix(): yaml.safe_load(path.read_text("utf-8"))
        for room in ("components", "gitops")
        for path in sorted((directory / room).rglob("needs.yaml"))
    }


def kinds(directory: Path) -> Findings:
    """Each kind that a cluster is asked for is one that the bootstrap brings."""
    brought = {b.name for b in manifests.build(directory, BOOTSTRAP) if b.kind == CRD}
    findings = Findings()
    for file, content in needs(directory).items():
        for entry in content.get("cluster", []):
            if entry.get("ask", "").startswith("get crd "):
                names = set(entry["ask"].split()[2:]) - {"--output=name"}
                findings.add(f"{file}: nothing brings {name}" for name in sorted(names - brought))
    return findings


def secrets(directory: Path) -> Findings:
    """Each Secret that a manifest names is needed with its keys, and no other is."""
    listed, steps = _listed(directory), (directory / STEPS).read_text("utf-8")
    used = _used(directory)
    findings = Findings()
    for key, keys in used.items():
        lacks = keys - listed.get(key, set()) if key in listed else {"all of it"}
        findings.add(f"needs.yaml: {'/'.join(key)} lacks {lack}" for lack in sorted(lacks))
    for key in listed:
        idle = key not in used and key[1] not in steps
        findings.add([f"needs.yaml: {'/'.join(key)} is used by nothing"] * idle)
    return findings


def neutral(directory: Path) -> Findings:
    """What is built for production holds no address of kind."""
    here, other = (set(_addresses(directory, name)) for name in ("kind", "production"))
    only = here - other
    findings = Findings()
    for leaf in manifests.leaves(directory):
        if not leaf.startswith((BOOTSTRAP, "clusters/")) and not leaf.endswith("/crds"):
            for built in manifests.build(directory, leaf, "production"):
                text = str(built.object)
                findings.add(f"{built}: holds {word}" for word in sorted(only) if word in text)
    return findings


def _addresses(directory: Path, cluster: str) -> Iterator[str]:
    """Yield the values of a cluster that are recognised wherever they are."""
    text = (directory / "clusters" / cluster / "values.yaml").read_text("utf-8")
    pending: list[Any] = [yaml.safe_load(text)]
    while pending:
        value = pending.pop()
        if isinstance(value, dict | list):
            pending += value.values() if isinstance(value, dict) else value
        elif isinstance(value, str) and any(mark in value for mark in "./"):
            yield value


def _listed(directory: Path) -> dict[tuple[str, str], set[str]]:
    """Return the keys of each Secret that is needed, by namespace and name."""
    prefix = project_name(directory)
    table = tomllib.loads((directory / "pyproject.toml").read_text("utf-8"))["tool"]["slipway"]
    listed = {}
    for content in needs(directory).values():
        for entry in content.get("secrets", []):
            for part in entry["namespaces"]:
                for suffix in table["environments"] if part == "environments" else [part]:
                    listed[f"{prefix}-{suffix}", entry["name"]] = set(entry["keys"])
    return listed


def _used(directory: Path) -> dict[tuple[str, str], set[str]]:
    """Return the keys of each Secret that the project's own manifests name."""
    used: dict[tuple[str, str], set[str]] = defaultdict(set)
    for built in manifests.applied(directory):
        if not built.leaf.startswith((BOOTSTRAP, "clusters/")):
            for name, keys in _references(built.object):
                used[built.namespace, name] |= keys
    return used


def _references(value: Any) -> Iterator[tuple[str, set[str]]]:
    if isinstance(value, str) and "\n" in value:
        try:
            value = yaml.safe_load(value)
        except yaml.YAMLError:
            return
    if isinstance(value, list):
        for item in value:
            yield from _references(item)
    if not isinstance(value, dict):
        return
    for field, child in value.items():
        if field in REFERENCES and isinstance(child, dict):
            name = child.get("secretName") or child.get("name")
            if name:
                yield name, {child[key] for key in REFERENCES[field] if key in child}
        yield from _references(child)


READINESS = [Gate(kinds, floor=3), Gate(neutral, floor=60), Gate(secrets, floor=8)]
