"""What `clusters/<name>/values.yaml` holds."""

from typing import Annotated, Literal

from pydantic import Field

from .document import Part
from .forms import Http, Port, Text, whole, written
from .gpu_nodes import GpuNodes
from .prices import Prices
from .receivers import Alerts

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
    """Where traces and logs go; an empty endpoint of traces is nowhere."""

    otlp_endpoint: Annotated[str, written(r"(https?://[^/ ]+)?", "nothing, or http:// and a host")]
    otlp_port: Port
    logs_endpoint: Annotated[str, written(r"https?://[^\s']+", "http:// and where lines go")] = ""
    logs_days: Annotated[str, written(r"[1-9]\d{0,2}d", "days such as 14d")] = ""
    logs_size: Annotated[str, written(r"[1-9]\d*(MiB|GiB|TiB)", "a size such as 4GiB")] = ""


class Tuning(Part):
    """The search for parameters."""

    parallel_trials: Annotated[str, written(r"[1-9]\d{0,2}", "a whole number from 1 to 999")]


class Storage(Part):
    """Disks."""

    class_: Annotated[Text, Field(alias="class")]
    prometheus: Annotated[str, written(r"[1-9]\d*(Mi|Gi|Ti)", "a size such as 10Gi")]
    logs: Annotated[str, written(r"[1-9]\d*(Mi|Gi|Ti)", "a size such as 5Gi")] = ""


class GpuQuota(Part):
    """GPUs of the training pool, by capacity."""

    spot: Annotated[int, whole("GPUs")]
    on_demand: Annotated[int, whole("GPUs")]


class Queues(Part):
    """What the trainings of the project may have at once, in the shortest form of each amount.

    Kueue writes amounts anew, and Argo CD would never see 1000m where Git says so.
    """

    cpu: Annotated[str, written(r"(?!\d*000m)[1-9]\d*m?", 'cores above 0, such as "4" or 500m')]
    memory: Annotated[str, written(r"[1-9]\d{0,2}(Mi|Gi|Ti)", "a size below 1000 such as 16Gi")]
    gpus: GpuQuota | None = None


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
    tuning: Tuning
    storage: Storage
    prices: Prices | None = None
    alerts: Alerts | None = None
    gpu_nodes: GpuNodes | None = None
    queues: Queues | None = None
    environments: list[Environment]
    components: list[Component]
