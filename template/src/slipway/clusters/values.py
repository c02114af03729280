"""`clusters/<name>/values.yaml`: every address, size and name that differs between clusters."""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from ..errors import ProjectError
from ..project import project
from ..settings import settings
from . import document
from .document import Fault, Part
from .forms import Http, Port, Text, written

LOCAL = "kind"  # the directory of the cluster of `make up`
HERE = "https://kubernetes.default.svc"  # how Argo CD calls the cluster in which it is
Answer = Literal["true", "false"]  # a text, because a ConfigMap holds texts


class Annotations(Part):
    """What keeps the file out of the cluster."""

    local_config: Annotated[Literal["true"], Field(alias="config.kubernetes.io/local-config")]


class Metadata(Part):
    """The name is the directory's."""

    name: str
    annotations: Annotations


class Git(Part):
    """The repository that Argo CD reads."""

    poll_seconds: Annotated[int, Field(gt=0)]
    url: Annotated[str, written(r"(https?|ssh)://\S+", "https:// or ssh:// and the address")]


class Images(Part):
    """Where images are kept, and what builds them."""

    builder: Text
    registry: Text


class ObjectStore(Part):
    """A bucket of S3's kind."""

    address: Annotated[str, written(r"[^:/ ]+:\d{1,5}", "host:port")]
    bucket: Text
    region: Text
    scheme: Literal["http", "https"]
    secure: Answer
    insecure: Answer


class Database(Part):
    """A MySQL server."""

    host: Text
    port: Port
    user: Text


class ModelRegistry(Part):
    """MLflow."""

    url: Http


class Telemetry(Part):
    """Where traces go; empty is nowhere."""

    otlp_endpoint: Annotated[str, written(r"(https?://[^/ ]+)?", "nothing, or http:// and a host")]


class Storage(Part):
    """Disks."""

    class_: Annotated[Text, Field(alias="class")]
    prometheus: Annotated[str, written(r"[1-9]\d*(Mi|Gi|Ti)", "a size such as 10Gi")]


class Environment(Part):
    """The cluster of an environment, as Argo CD knows it."""

    namespace: Text
    server: Annotated[str, written(r"https?://\S+", "https:// and an address")]


class Component(Part):
    """A pattern of the directories that Argo CD keeps in the cluster, or leaves out."""

    path: Text
    exclude: bool = False


class Values(Part):
    """The whole file."""

    api_version: Annotated[Literal["slipway/v1"], Field(alias="apiVersion")]
    kind: Literal["ClusterValues"]
    metadata: Metadata
    context: Text
    git: Git
    images: Images
    object_store: ObjectStore
    database: Database
    model_registry: ModelRegistry
    telemetry: Telemetry
    storage: Storage
    environments: list[Environment]
    components: list[Component]


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
    yield from _idle_patterns(values)
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


def _idle_patterns(values: Values) -> Iterator[Fault]:
    """Yield the patterns of components that match nothing."""
    root = settings().project_root
    paths = root.glob("components/**/kustomization.yaml")
    files = [path.relative_to(root).as_posix() for path in paths]
    for number, pattern in enumerate(values.components):
        if "*" not in pattern.path and pattern.path not in files:
            reason = "there is no such file; write components/<name>/kustomization.yaml"
            yield ("components", number, "path"), reason
