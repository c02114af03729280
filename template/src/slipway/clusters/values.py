"""`clusters/<name>/values.yaml`: every address, size and name that differs between clusters."""

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase

import yaml

from ..errors import ProjectError
from ..project import project
from ..settings import settings
from . import document
from .content import Telemetry, Values
from .document import Fault

LOCAL = "kind"  # the directory of the cluster of `make up`
KUSTOMIZATION = "kustomization.yaml"
BOOTSTRAP = "gitops/bootstrap"  # what a cluster has once for all its projects
HERE = "https://kubernetes.default.svc"  # how Argo CD calls the cluster in which it is


def location(cluster: str) -> str:
    """Return the path of a cluster's file below the project's root."""
    return f"clusters/{cluster}/values.yaml"


def clusters() -> list[str]:
    """Return the names of the clusters that the project has values of."""
    return sorted(path.parent.name for path in settings().project_root.glob(location("*")))


def meant(where: str) -> list[str]:
    """Return the cluster that is named; without a name, all.

    Raises:
        ProjectError: All are none.
    """
    found = [where] if where else clusters()
    if not found:
        raise ProjectError("clusters/ has no values.yaml any more: restore them from Git.")
    return found


def load(cluster: str) -> Values:
    """Read and check the values of a cluster.

    Raises:
        ProjectError: There is no such cluster, or its file is wrong; each fault is told with file
            and line, and what does not fit together once each value is right by itself.
    """
    if cluster not in clusters():
        known = ", ".join(clusters()) or "nothing"
        raise ProjectError(
            f"There is no cluster {cluster!r}: clusters/ has {known}; `make cluster` adds one."
        )
    text = document.parse(location(cluster))
    values = document.read(text, Values)
    if faults := [*_contradictions(cluster, values), *_unwritten(values, text)]:
        raise text.refuse(faults)
    return values


def rooms(values: Values) -> list[str]:
    """Return the directories of components/ that Argo CD keeps in a cluster."""
    included = [pattern.path for pattern in values.components if not pattern.exclude]
    excluded = [pattern.path for pattern in values.components if pattern.exclude]
    return [
        file.removesuffix(f"/{KUSTOMIZATION}")
        for file in _kustomizations("components")
        if any(fnmatchcase(file, path) for path in included)
        and not any(fnmatchcase(file, path) for path in excluded)
    ]


def left_out(values: Values) -> list[str]:
    """Return the directories of gitops/bootstrap whose program somebody else keeps in a cluster."""
    excluded = [pattern.path for pattern in values.components if pattern.exclude]
    return [
        file.removesuffix(f"/{KUSTOMIZATION}")
        for file in _kustomizations(BOOTSTRAP)
        if any(fnmatchcase(file, path) for path in excluded)
    ]


def _contradictions(cluster: str, values: Values) -> Iterator[Fault]:
    """Yield the places of values that do not fit each other or the project."""
    if values.metadata.name != cluster:
        yield ("metadata", "name"), f"the directory is called {cluster}; write that"
    store = values.object_store
    for key, text, scheme in (
        ("secure", store.secure, "https"),
        ("insecure", store.insecure, "http"),
    ):
        right = str(store.scheme == scheme).lower()
        if text != right:
            yield ("object-store", key), f'the scheme is {store.scheme}; write "{right}"'
    port = _port(values.telemetry)
    if values.telemetry.otlp_port != port:
        yield ("telemetry", "otlp-port"), f'the endpoint has the port {port}; write "{port}"'
    yield from _idle_patterns(values)
    yield from _environments(values)


def _environments(values: Values) -> Iterator[Fault]:
    """Yield the environments that have no cluster, or two, or are none of the project."""
    known = [f"{project().name}-{name}" for name in project().environments]
    names = [environment.namespace for environment in values.environments]
    for number, name in enumerate(names):
        if name not in known:
            yield (
                ("environments", number),
                (
                    f"{name} is no environment of [tool.slipway] in pyproject.toml; "
                    "remove it, or add the environment by `make environment`"
                ),
            )
        if name in names[:number]:
            yield ("environments", number), f"{name} is there twice; remove one"
    for name in known:
        if name not in names:
            yield ("environments",), f"{name} has no cluster; add its namespace and server"


def _port(telemetry: Telemetry) -> str:
    """Return the port of the endpoint; without an endpoint any will do."""
    if not telemetry.otlp_endpoint:
        return telemetry.otlp_port
    usual = "443" if telemetry.otlp_endpoint.startswith("https:") else "80"
    written = re.search(r":(\d+)$", telemetry.otlp_endpoint)
    return written[1] if written else usual


def _unwritten(values: Values, text: document.Document) -> Iterator[Fault]:
    """Yield, once each, what components copy out of the values and is not there."""
    for room in rooms(values):
        lacks = {document.missing(text.node, keys) for keys in _copied(room)}
        for keys in sorted(filter(None, lacks)):
            yield keys, f"{room} reads it; add it, or exclude {room}/{KUSTOMIZATION}"


def _copied(room: str) -> list[tuple[str, ...]]:
    """Return where the values are that a component copies to its manifests."""
    file = settings().project_root / room / "cluster-values.yaml"
    try:
        copies = yaml.load(file.read_text("utf-8"), yaml.CSafeLoader) if file.is_file() else []
        sources = [copy["source"] for copy in copies]
        return [tuple(s["fieldPath"].split(".")) for s in sources if s["kind"] == "ClusterValues"]
    except (KeyError, TypeError, UnicodeDecodeError, yaml.YAMLError):
        raise ProjectError(f"{room}/{file.name} is damaged: restore it from Git.") from None


def _kustomizations(directory: str) -> list[str]:
    """Return the kustomizations below a directory, at any depth."""
    root = settings().project_root
    paths = sorted((root / directory).rglob(KUSTOMIZATION))
    return [path.relative_to(root).as_posix() for path in paths]


def _idle_patterns(values: Values) -> Iterator[Fault]:
    """Yield the patterns of components that match nothing."""
    files = _kustomizations("components") + _kustomizations(BOOTSTRAP)
    for number, pattern in enumerate(values.components):
        if "*" not in pattern.path and pattern.path not in files:
            reason = "there is no such file; write components/<name>/kustomization.yaml"
            yield ("components", number, "path"), reason
