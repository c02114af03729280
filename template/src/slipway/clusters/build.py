"""Building manifests as Argo CD does: each directory together with the values of a cluster.

Argo CD appends components to the kustomization of its own checkout. Here that is a copy, so that
the files of the user stay as they are, and several builds at once do not meet.
"""

import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import yaml

from ..errors import ProjectError
from ..project import project
from . import values
from .commands import root, run

DIRECTORIES = ("clusters", "components", "environments", "gitops")  # all that kustomize reads
DELIVERY = "components/serving/kubernetes/delivery"  # takes an environment's files to the pods
FILE = "kustomization.yaml"
Object = dict[str, Any]


def plain(directory: str) -> str:
    """Build a kustomization of the project as it is."""
    return _kustomize(root(), directory)


def room(directory: str, cluster: str) -> str:
    """Build one directory for a cluster."""
    return rooms([directory], cluster)[directory]


def rooms(directories: Iterable[str], cluster: str) -> dict[str, str]:
    """Build directories for a cluster.

    Raises:
        ProjectError: The cluster's values are wrong, or kustomize refuses.
    """
    values.load(cluster)
    with _checkout() as copy:
        built = {}
        for directory in directories:
            _append(copy, directory, _components(directory, cluster))
            built[directory] = _kustomize(copy, directory)
    return built


def applied(cluster: str) -> list[str]:
    """Return the directories that Argo CD applies for a cluster, in the order of dependence."""
    patterns = values.load(cluster).components
    paths = sorted(
        path.relative_to(root()).as_posix() for path in (root() / "components").rglob(FILE)
    )
    chosen = [
        path.removesuffix(f"/{FILE}")
        for path in paths
        if any(fnmatchcase(path, pattern.path) for pattern in patterns if not pattern.exclude)
        and not any(fnmatchcase(path, pattern.path) for pattern in patterns if pattern.exclude)
    ]
    return ["gitops", *chosen, *(f"environments/{name}" for name in project().environments)]


def objects(cluster: str) -> dict[str, list[Object]]:
    """Build all that Argo CD applies for a cluster.

    Raises:
        ProjectError: Something cannot be built, or two directories claim one object.
    """
    built = {
        directory: [item for item in yaml.load_all(text, yaml.CSafeLoader) if item]
        for directory, text in rooms(applied(cluster), cluster).items()
    }
    owners: dict[tuple[str, ...], str] = {}
    for directory, items in built.items():
        for item in items:
            key = _identity(item)
            owner = owners.setdefault(key, directory)
            if owner != directory:
                _, kind, namespace, name = key
                place = f" in {namespace}" if namespace else ""
                raise ProjectError(
                    f"{owner} and {directory} both hold {kind} {name}{place}: "
                    "remove it from one of them, Argo CD would let them take turns."
                )
    return built


def write(cluster: str) -> Iterator[Path]:
    """Write what Argo CD applies for a cluster below build/, a file a directory."""
    place = root() / "build" / "manifests" / cluster
    built = objects(cluster)
    shutil.rmtree(place, ignore_errors=True)
    for directory, items in built.items():
        path = place / f"{directory}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(yaml.dump_all(items, Dumper=yaml.CSafeDumper, sort_keys=False), "utf-8")
        yield path.relative_to(root())


def _identity(item: Object) -> tuple[str, str, str, str]:
    """Return what tells an object from others: group, kind, namespace and name."""
    metadata = item["metadata"]
    group = item["apiVersion"].rpartition("/")[0]
    return group, item["kind"], metadata.get("namespace", ""), metadata["name"]


def _components(directory: str, cluster: str) -> list[str]:
    """Return what Argo CD appends; the ApplicationSets of gitops/ say the same."""
    delivery = [DELIVERY] if directory.startswith("environments/") else []
    return [os.path.relpath(path, directory) for path in (f"clusters/{cluster}", *delivery)]


@contextmanager
def _checkout() -> Iterator[Path]:
    """Yield a copy of what kustomize reads; it is gone afterwards."""
    with tempfile.TemporaryDirectory() as place:
        copy = Path(place).resolve()
        for name in DIRECTORIES:
            if (root() / name).is_dir():
                shutil.copytree(root() / name, copy / name)
        yield copy


def _append(copy: Path, directory: str, components: list[str]) -> None:
    """Add components to a kustomization as `kustomize edit add component` does: each once."""
    path = copy / directory / FILE
    try:
        content = yaml.safe_load(path.read_text("utf-8"))
        present = content.setdefault("components", [])
        present += [component for component in components if component not in present]
    except FileNotFoundError:
        raise ProjectError(f"{directory}/{FILE} is missing: restore it from Git.") from None
    except (AttributeError, TypeError, UnicodeDecodeError, yaml.YAMLError) as error:
        reason = " ".join(str(error).split())
        raise ProjectError(f"{directory}/{FILE} is damaged, mend it: {reason}.") from None
    path.write_text(yaml.safe_dump(content, sort_keys=False), "utf-8")


def _kustomize(place: Path, directory: str) -> str:
    program = ("kustomize", "build") if shutil.which("kustomize") else ("kubectl", "kustomize")
    try:
        return run(*program, place / directory)
    except ProjectError as error:
        raise ProjectError(str(error).replace(f"{place}/", "")) from None
