"""Building manifests as Argo CD does: each directory together with the values of a cluster.

Argo CD appends components to the kustomization of its own checkout. Here that is a copy, so that
the files of the user stay as they are, and several builds at once do not meet.
"""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from ..errors import ProjectError
from ..files import write_bytes
from ..project import project
from . import values
from .commands import root, run

DIRECTORIES = ("clusters", "components", "environments", "gitops")  # all that kustomize reads
DELIVERY = "components/serving/kubernetes/delivery"  # takes an environment's files to the pods
FILE = values.KUSTOMIZATION
Object = dict[str, Any]


def plain(directory: str) -> str:
    """Build a kustomization of the project as it is."""
    return _kustomize(root(), directory)


def bootstrap(cluster: str) -> str:
    """Build what a cluster has once for all its projects, without what somebody else keeps there.

    Raises:
        ProjectError: The cluster's values are wrong, or kustomize refuses.
    """
    left_out = values.left_out(values.load(cluster))
    own = f"clusters/{cluster}/bootstrap"  # the same with patches for the cluster
    with _checkout() as copy:
        _change(
            copy,
            values.BOOTSTRAP,
            "resources",
            lambda names: [n for n in names if f"{values.BOOTSTRAP}/{n}" not in left_out],
        )
        return _kustomize(copy, own if (copy / own).is_dir() else values.BOOTSTRAP)


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
    """Return the directories that Argo CD applies in a cluster."""
    chosen = values.rooms(values.load(cluster))
    return ["gitops", *chosen, *(f"environments/{name}" for name in project().environments)]


def components() -> list[str]:
    """Return the directories below components/ that have a kustomization, at any depth."""
    paths = sorted((root() / "components").rglob(FILE))
    return [path.parent.relative_to(root()).as_posix() for path in paths]


def texts(cluster: str) -> dict[str, str]:
    """Build all that Argo CD applies for a cluster.

    Raises:
        ProjectError: Something cannot be built, or two directories claim one object.
    """
    built = rooms(applied(cluster), cluster)
    owners: dict[tuple[str, ...], str] = {}
    for directory, text in built.items():
        for item in objects(text):
            key = _identity(item)
            _, kind, namespace, name = key
            owner = owners.setdefault(key, directory)
            if owner != directory:
                place = f" in {namespace}" if namespace else ""
                raise ProjectError(
                    f"{owner} and {directory} both hold {kind} {name}{place}: "
                    "remove it from one of them, or Argo CD lets them take turns."
                )
    return built


def objects(text: str) -> list[Object]:
    """Return the objects of a text of manifests."""
    return [item for item in yaml.load_all(text, yaml.CSafeLoader) if item]


def write(cluster: str) -> list[Path]:
    """Write what Argo CD applies for a cluster below build/, a file a directory."""
    built = texts(cluster)
    place = root() / "build" / "manifests" / cluster
    shutil.rmtree(place, ignore_errors=True)
    paths = {place / f"{directory}.yaml": text for directory, text in built.items()}
    for path, text in paths.items():
        write_bytes(path, text.encode())
    return [path.relative_to(root()) for path in paths]


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
    _change(
        copy,
        directory,
        "components",
        lambda present: present + [name for name in components if name not in present],
    )


def _change(copy: Path, directory: str, key: str, change: Callable[[list[str]], list[str]]) -> None:
    """Change a list of a kustomization of the copy."""
    path = copy / directory / FILE
    try:
        content = yaml.safe_load(path.read_text("utf-8"))
        content[key] = change(content.get(key, []))
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
