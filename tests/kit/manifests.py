"""Build every kustomization of a project into objects, the way Argo CD does."""

import functools
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from hooks.template import ROOT

Object = dict[str, Any]
BOOTSTRAP = "gitops/bootstrap"  # upstream's objects, once a cluster
ROOMS = ("clusters", "components", "environments", "gitops")  # what kustomizations are made of


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


def added(leaf: str, cluster: str) -> list[str]:
    """Return the components with which Argo CD builds a directory for a cluster."""
    up = "../" * len(Path(leaf).parts)
    room, _, name = leaf.partition("/")
    if room == "clusters" or leaf.startswith(BOOTSTRAP) or leaf.endswith("/crds"):
        return []
    parts = [f"{up}clusters/{cluster}"]
    if room == "environments" and name:
        parts.append(f"{up}components/serving/kubernetes/delivery")
    return parts


def buildable(project: Path, leaf: str) -> list[Built]:
    """Build one directory; what cannot be built is for the gate that is about it."""
    try:
        return build(project, leaf)
    except subprocess.CalledProcessError:
        return []


def cluster_of(project: Path, leaf: str) -> str:
    """Return the cluster to show a directory for: kind, unless its values leave it out."""
    text = (project / "clusters/kind/values.yaml").read_text("utf-8")
    left_out = [part["path"] for part in yaml.safe_load(text)["components"] if "exclude" in part]
    return "production" if f"{leaf}/kustomization.yaml" in left_out else "kind"


def build(project: Path, leaf: str, cluster: str = "") -> list[Built]:
    """Build one directory for a cluster; without a name, for the one that it is in.

    Raises:
        subprocess.CalledProcessError: kustomize refuses; its reason is in stderr.
    """
    components = added(leaf, cluster or cluster_of(project, leaf))
    directory = (project / leaf).resolve()
    read = {directory, *_inputs(directory)}
    for component in components:
        path = (directory / component).resolve()
        read |= {path, *_inputs(path)}
    digest = hashlib.sha256(" ".join(components).encode())
    for file in sorted({file for folder in sorted(read) for file in _files(folder)}):
        digest.update(file.read_bytes() + b"\0")
    return [Built(leaf, item) for item in _build(project, leaf, components, digest.hexdigest())]


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


def _build(project: Path, leaf: str, components: list[str], digest: str) -> list[Object]:
    if digest not in _cache:
        program, environment = kustomize()
        with tempfile.TemporaryDirectory() as scratch:
            copy = Path(scratch, "project")  # what Argo CD does to its clone
            for room in ROOMS:
                if (project / room).exists():
                    shutil.copytree(project / room, copy / room)
            with (copy / leaf / "kustomization.yaml").open("r+") as file:
                content = yaml.safe_load(file)
                content["components"] = [*content.get("components", []), *components]
                file.seek(0)
                file.truncate()
                yaml.safe_dump(content, file)
            built = subprocess.run(
                [program, "build", copy / leaf],
                capture_output=True,
                check=True,
                text=True,
                env={**os.environ, **environment},
            )
        documents = yaml.load_all(built.stdout, Loader=yaml.CSafeLoader)
        _cache[digest] = [document for document in documents if document]
    return _cache[digest]


@functools.cache
def kustomize() -> tuple[str, dict[str, str]]:
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
