"""`clusters/<name>/values.yaml`: every address, size and name that differs between clusters."""

import re
from collections.abc import Iterator

from ..errors import ProjectError
from ..project import project
from ..settings import settings
from . import document
from .content import Telemetry, Values
from .document import Fault

LOCAL = "kind"  # the directory of the cluster of `make up`
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
    if faults := list(_contradictions(cluster, values)):
        raise text.refuse(faults)
    return values


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


def _idle_patterns(values: Values) -> Iterator[Fault]:
    """Yield the patterns of components that match nothing."""
    root = settings().project_root
    paths = root.glob("components/**/kustomization.yaml")
    files = [path.relative_to(root).as_posix() for path in paths]
    for number, pattern in enumerate(values.components):
        if "*" not in pattern.path and pattern.path not in files:
            reason = "there is no such file; write components/<name>/kustomization.yaml"
            yield ("components", number, "path"), reason
