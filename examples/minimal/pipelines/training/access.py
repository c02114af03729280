"""What a step's pod is told and trusted with; on a laptop the environment says it already."""

from typing import Any

from kfp import kubernetes

SETTINGS = "step-settings"
STORE_KEY = "mlpipeline-minio-artifact"
REGISTRY_ACCOUNT = "registry-writer"


def to_snapshots(task: Any) -> None:
    """Let a step write and read data snapshots."""
    names = (
        *("AWS_ALLOW_HTTP", "AWS_ENDPOINT_URL", "AWS_REGION"),
        *("SNAPSHOT_BACKEND", "SNAPSHOT_STORE"),
    )
    kubernetes.use_config_map_as_env(task, SETTINGS, {name: name for name in names})
    keys = {"accesskey": "AWS_ACCESS_KEY_ID", "secretkey": "AWS_SECRET_ACCESS_KEY"}
    kubernetes.use_secret_as_env(task, STORE_KEY, keys)


def to_registry(task: Any) -> None:
    """Let a step write runs and models."""
    name = "MLFLOW_TRACKING_URI"
    kubernetes.use_config_map_as_env(task, SETTINGS, {name: name})
    account = {"username": "MLFLOW_TRACKING_USERNAME", "password": "MLFLOW_TRACKING_PASSWORD"}
    kubernetes.use_secret_as_env(task, REGISTRY_ACCOUNT, account)
