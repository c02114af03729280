"""What `clusters/<name>/values.yaml` holds."""

from typing import Annotated, Literal

from pydantic import Field

from .document import Part
from .forms import Http, Port, Text, written

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
    otlp_port: Port


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
