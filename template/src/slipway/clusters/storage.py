"""Stand-ins for database and object store, and the passwords that all services need."""

import base64
import secrets

from ..project import project
from . import build, commands, document, values
from .commands import kubectl

NAMESPACE = "local-storage"
BUCKET = "clusters/kind/bucket.yaml"
LONGEST = 63  # of a Job's name
Keys = dict[str, str]


def begin() -> None:
    """Start the stores; what exists stays."""
    kubectl("apply", "--server-side", "--filename", "clusters/kind/storage/namespace.yaml")
    _root()
    commands.apply(build.plain("clusters/kind/storage"))


def finish() -> None:
    """Wait for the stores, and make this project's place in them, and its Secrets."""
    for name in ("mysql", "s3"):
        _wait(f"deployment/{name}")
    _make_database()
    _make_bucket()
    _make_project_secrets(_root())


def _root() -> Keys:
    """Return the passwords of the stores; they are made once."""
    token = secrets.token_hex
    return _secret(
        NAMESPACE, "root", {"accesskey": token(8), "password": token(16), "secretkey": token(16)}
    )


def _make_project_secrets(root: Keys) -> None:
    name, token = project().name, secrets.token_hex
    environments = project().environments
    keys = {"accesskey": root["accesskey"], "secretkey": root["secretkey"]}
    for namespace in ("mlflow", "pipelines", *environments):
        _namespace(f"{name}-{namespace}")
    accounts = _secret(
        f"{name}-mlflow",
        "accounts",
        {key: token(16) for key in ("admin", "serving", "session-key", "training")}
        | {"database": root["password"]},
    )
    _secret(f"{name}-mlflow", "object-store", keys)
    _secret(f"{name}-pipelines", "mlpipeline-minio-artifact", keys)
    login = {"username": values.load(values.LOCAL).database.user, "password": root["password"]}
    _secret(f"{name}-pipelines", "mysql-secret", login)
    writer = {"username": "training", "password": accounts["training"]}
    _secret(f"{name}-pipelines", "registry-writer", writer)
    for environment in environments:
        reader = {"username": "serving", "password": accounts["serving"]}
        _secret(f"{name}-{environment}", "registry-reader", reader)
        _secret(f"{name}-{environment}", "capture-writer", _store_client(keys))


def _store_client(keys: Keys) -> Keys:
    """Return the variables of a client of the object store."""
    store = values.load(values.LOCAL).object_store
    return {
        "AWS_ACCESS_KEY_ID": keys["accesskey"],
        "AWS_ALLOW_HTTP": store.insecure,
        "AWS_ENDPOINT_URL": f"{store.scheme}://{store.address}",
        "AWS_REGION": store.region,
        "AWS_SECRET_ACCESS_KEY": keys["secretkey"],
    }


def _namespace(name: str) -> None:
    labels = {"pod-security.kubernetes.io/enforce": "restricted"}
    metadata = {"name": name, "labels": labels}
    commands.apply_object({"apiVersion": "v1", "kind": "Namespace", "metadata": metadata})


def _secret(namespace: str, name: str, content: Keys) -> Keys:
    """Return what a Secret holds; make it of `content` if it is missing."""
    flags = ("--namespace", namespace, "--field-selector", f"metadata.name={name}")
    found = commands.get("secrets", *flags)
    if found:
        return {key: base64.b64decode(text).decode() for key, text in found[0]["data"].items()}
    metadata = {"name": name, "namespace": namespace}
    commands.apply_object(
        {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "stringData": content}
    )
    return content


def _wait(what: str) -> None:
    kubectl("--namespace", NAMESPACE, "rollout", "status", what, "--timeout=180s")


def _make_database() -> None:
    """Make the databases of MLflow and Kubeflow Pipelines."""
    name = project().name.replace("-", "_")
    statement = "".join(
        f"CREATE DATABASE IF NOT EXISTS {name}_{use};"
        for use in ("metadata", "mlflow", "pipelines")
    )
    script = 'exec mariadb --host=127.0.0.1 --user=project --password="$MARIADB_PASSWORD"'
    pod = ("--namespace", NAMESPACE, "exec", "--stdin", "deployment/mysql")
    kubectl(*pod, "--", "sh", "-c", script, stdin=statement)


def _make_bucket() -> None:
    """Make the bucket that the values name."""
    bucket = values.load(values.LOCAL).object_store.bucket
    job = document.parse(BUCKET).content
    name = f"{job['metadata']['name']}-{bucket}"[:LONGEST]
    job["metadata"]["name"] = name
    (container,) = job["spec"]["template"]["spec"]["containers"]
    container["env"] = [{"name": "BUCKET", "value": bucket}]
    flags = ("--namespace", NAMESPACE, "--field-selector", f"metadata.name={name}")
    if not commands.get("jobs", *flags):
        commands.apply_object(job)
    done = ("--for=condition=Complete", "--timeout=60s")
    kubectl("--namespace", NAMESPACE, "wait", f"job/{name}", *done)
