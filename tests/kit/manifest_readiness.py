"""The list that `make readiness` reads agrees with the manifests that it is about."""

import json
import os
import subprocess
import sys
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
LIST = "clusters/readiness/differences.yaml"
STEPS = "src/slipway/training/access.py"  # names the Secrets of the pipeline's steps
REFERENCES = {  # field that names a Secret: fields beside it that name keys
    "accessKeySecret": ("key",),
    "secretKeySecret": ("key",),
    "secretKeyRef": ("key",),
    "secretRef": ("accessKeyKey", "secretKeyKey"),
    "secret": (),
}
KEPT = """
import json, re, sys, yaml
from pathlib import Path
from slipway.clusters.readiness import values

found = list(values.values(Path()))
for entry in yaml.safe_load(Path(values.LIST).read_text("utf-8"))["values"]:
    for file, keys in entry["at"].items():
        for key in keys:
            here = [v for v in found if values.listed(v, {"at": {file: [key]}})]
            kept = [v for v in here if re.search(entry["kind"], str(v))]
            if "example" in entry["kind"]:  # an answer may be right already
                kept = here
            print(json.dumps([file, key, len(here), len(kept)]))
"""


def places(directory: Path) -> Findings:
    """Each place of the list is in the project, and looks there as it does in kind."""
    done = subprocess.run(
        [sys.executable, "-c", KEPT],
        cwd=directory,
        env=os.environ | {"PYTHONPATH": str(directory / "src"), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        check=True,
        text=True,
    )
    findings = Findings()
    for line in done.stdout.splitlines():
        file, key, here, kept = json.loads(line)
        if list(directory.glob(file)):
            findings.add([f"{LIST}: {file} {key}: {kept} of {here} as in kind"] * (not kept))
    return findings


def kinds(directory: Path) -> Findings:
    """Each kind that the list asks a cluster for is one that the bootstrap brings."""
    brought = {b.name for b in manifests.build(directory, BOOTSTRAP) if b.kind == CRD}
    content = yaml.safe_load((directory / LIST).read_text("utf-8"))
    findings = Findings()
    for entry in content["cluster"]:
        if entry.get("ask", "").startswith("get crd "):
            names = set(entry["ask"].split()[2:]) - {"--output=name"}
            findings.add(f"{LIST}: nothing brings {name}" for name in sorted(names - brought))
    return findings


def secrets(directory: Path) -> Findings:
    """Each Secret that a manifest names is in the list with its keys, and no other is."""
    content = yaml.safe_load((directory / LIST).read_text("utf-8"))
    prefix, steps = project_name(directory), (directory / STEPS).read_text("utf-8")
    listed: dict[tuple[str, str], set[str]] = {}
    for entry in content["secrets"]:
        if (directory / entry.get("with", ".")).exists():
            for suffix in entry["in"]:
                listed[f"{prefix}-{suffix}", entry["name"]] = set(entry["keys"])
    used = _used(directory)
    findings = Findings()
    for key, keys in used.items():
        lacks = keys - listed.get(key, set()) if key in listed else {"all of it"}
        findings.add(f"{LIST}: {'/'.join(key)} lacks {lack}" for lack in sorted(lacks))
    for key in listed:
        idle = key not in used and key[1] not in steps
        findings.add([f"{LIST}: {'/'.join(key)} is used by nothing"] * idle)
    return findings


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


READINESS = [Gate(kinds, floor=1), Gate(places, floor=20), Gate(secrets, floor=8)]
