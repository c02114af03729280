"""Build every kustomization of a project into objects, the way Argo CD does."""

import functools
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from hooks.template import ROOT

Object = dict[str, Any]
BOOTSTRAP = "gitops/bootstrap"  # upstream's objects, once a cluster


@dataclass(frozen=True)
class Built:
    """One object, and the directory whose kustomization made it."""

    leaf: str
    object: Object

    @property
    def kind(self) -> str:
        return str(self.object["kind"])

    @property
    def name(self) -> str:
        return str(self.object["metadata"]["name"])

    @property
    def namespace(self) -> str:
        return str(self.object["metadata"].get("namespace", ""))

    @property
    def group(self) -> str:
        """API group, empty for the core."""
        return str(self.object["apiVersion"]).rpartition("/")[0]

    def __str__(self) -> str:
        return f"{self.leaf}: {self.kind} {self.name}"


def leaves(project: Path) -> list[str]:
    """List the directories that kustomize can build by themselves."""
    found = []
    for path in sorted(project.rglob("kustomization.yaml")):
        if yaml.safe_load(path.read_text("utf-8"))["kind"] == "Kustomization":
            found.append(path.parent.relative_to(project).as_posix())
    return found


def applied(project: Path) -> list[Built]:
    """Return the objects that reach a cluster: what another kustomization takes in counts once."""
    own: list[Path] = []
    local: list[Path] = []
    for leaf in leaves(project):
        (local if leaf.startswith("clusters/") else own).append(project.resolve() / leaf)
    included = {path for directory in own for path in _inputs(directory)}
    tops = [path for path in own if path not in included]
    tops += [path for path in local if not any(_inputs(path))]
    names = [path.relative_to(project.resolve()).as_posix() for path in tops]
    return [item for leaf in names for item in buildable(project, leaf)]


def buildable(project: Path, leaf: str) -> list[Built]:
    """Build one directory; what cannot be built is for the gate that is about it."""
    try:
        return build(project, leaf)
    except subprocess.CalledProcessError:
        return []


def build(project: Path, leaf: str) -> list[Built]:
    """Build one directory.

    Raises:
        subprocess.CalledProcessError: kustomize refuses; its reason is in stderr.
    """
    directory = (project / leaf).resolve()
    read = sorted({directory, *_inputs(directory)})
    digest = hashlib.sha256()
    for path in sorted({file for folder in read for file in _files(folder)}):
        digest.update(path.read_bytes() + b"\0")
    return [Built(leaf, item) for item in _build(directory, digest.hexdigest())]


def _inputs(directory: Path) -> Iterator[Path]:
    """Yield the local directories that a kustomization takes in, at any depth."""
    content = yaml.safe_load((directory / "kustomization.yaml").read_text("utf-8"))
    for entry in [*content.get("resources", []), *content.get("components", [])]:
        path = (directory / entry).resolve()
        if path.is_dir():
            yield path
            yield from _inputs(path)


def _files(directory: Path) -> Iterator[Path]:
    """Yield what a kustomization may read: files beside it, and resources further down."""
    yield from (path for path in directory.iterdir() if path.is_file())
    content = yaml.safe_load((directory / "kustomization.yaml").read_text("utf-8"))
    for entry in content.get("resources", []):
        if (directory / entry).is_file():
            yield directory / entry


_cache: dict[str, list[Object]] = {}


def _build(directory: Path, digest: str) -> list[Object]:
    if digest not in _cache:
        program, environment = _kustomize()
        built = subprocess.run(
            [program, "build", directory],
            capture_output=True,
            check=True,
            text=True,
            env={**os.environ, **environment},
        )
        documents = yaml.load_all(built.stdout, Loader=yaml.CSafeLoader)
        _cache[digest] = [document for document in documents if document]
    return _cache[digest]


@functools.cache
def _kustomize() -> tuple[str, dict[str, str]]:
    """Return kustomize and what it needs to find upstream's manifests.

    A machine without kustomize, which is one without github.com, uses what the cluster's tests
    compile and mirror.
    """
    found = shutil.which("kustomize")
    if found:
        return found, {}
    sys.path.insert(0, str(ROOT))
    from offline import binaries, mirror

    return str(binaries.build("kustomize") / "kustomize"), mirror.environment()
