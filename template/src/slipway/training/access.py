"""What a step's pod is told and trusted with; on a laptop the environment says it already."""

from typing import Any

from kfp import kubernetes

from ..families import Resources
from ..families.resources import checked
from ..project import project

SETTINGS = "step-settings"
SOURCE = "source"  # the project's own Secret, where its source needs one
STORE_KEY = "mlpipeline-minio-artifact"
REGISTRY_ACCOUNT = "registry-writer"
GPU = "nvidia.com/gpu"
UNSAID: Any = None  # required, the default: backends before 2.15 refuse a pipeline that says so


def to_small_pod(task: Any) -> None:
    """Let a step use little; what needs more says so afterwards."""
    task.set_cpu_limit("1").set_memory_limit("2G")
    task.set_cpu_request("100m").set_memory_request("512M")


def to_resources(task: Any, wanted: Resources) -> None:
    """Let a step use what its model wants; where fits wait in a queue, their Job gets it.

    Raises:
        ProjectError: The model asks for what no pod can have.
    """
    checked(wanted)
    if project().queue:
        return
    task.set_cpu_limit(wanted.cpu).set_memory_limit(wanted.memory)
    if wanted.gpus:
        task.set_accelerator_type(GPU).set_accelerator_limit(wanted.gpus)
        kubernetes.add_toleration(task, key=GPU, operator="Exists", effect="NoSchedule")


def to_artifacts(task: Any) -> None:
    """Let the Job of a step read and write the artifacts of a run, where fits wait in a queue."""
    if project().queue:
        _object_store(task)


def to_snapshots(task: Any) -> None:
    """Let a step write and read data snapshots."""
    _object_store(task, "SNAPSHOT_BACKEND", "SNAPSHOT_STORE")


def to_checkpoints(task: Any) -> None:
    """Let a step keep the state of its fit."""
    _object_store(task, "CHECKPOINT_STORE")


def to_scores(task: Any) -> None:
    """Let a step write scores, and what it has predicted for the monitor."""
    _object_store(task, "CAPTURE_STORE", "SCORE_STORE")


def to_registry(task: Any) -> None:
    """Let a step write runs and models."""
    _settings(task, "MLFLOW_TRACKING_URI")
    account = {"username": "MLFLOW_TRACKING_USERNAME", "password": "MLFLOW_TRACKING_PASSWORD"}
    _secret(task, REGISTRY_ACCOUNT, account)


def to_source(task: Any, *names: str) -> None:
    """Let a step read the source: keys of the Secret `source` become variables of the same name."""
    _secret(task, SOURCE, {name: name for name in names})


def _object_store(task: Any, *names: str) -> None:
    _settings(task, "AWS_ALLOW_HTTP", "AWS_ENDPOINT_URL", "AWS_REGION", *names)
    keys = {"accesskey": "AWS_ACCESS_KEY_ID", "secretkey": "AWS_SECRET_ACCESS_KEY"}
    _secret(task, STORE_KEY, keys)


def _settings(task: Any, *names: str) -> None:
    keys = {name: name for name in names}
    kubernetes.use_config_map_as_env(task, SETTINGS, keys, optional=UNSAID)


def _secret(task: Any, name: str, keys: dict[str, str]) -> None:
    kubernetes.use_secret_as_env(task, name, keys, optional=UNSAID)
