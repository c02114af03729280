"""`--where`: run a command here against the services of a cluster.

The cluster's own ConfigMap says where they are. An address inside the cluster, there or in the
command, is reached through `kubectl port-forward` for as long as the command runs; passwords come
from Secrets and are only in the command's environment.
"""

import base64
import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from .. import command
from ..command import outside_hooks
from ..errors import ProjectError
from . import commands
from .target import named

INSIDE = re.compile(r"http://([a-z0-9-]+)\.([a-z0-9-]+):(\d+)")
# MLflow's server passes the files on: the bucket's own address is known to pods only
PROXIED = {
    "MLFLOW_ENABLE_PROXY_MULTIPART_DOWNLOAD": "false",
    "MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD": "false",
}
SECRETS = {
    "mlpipeline-minio-artifact": {
        "accesskey": "AWS_ACCESS_KEY_ID",
        "secretkey": "AWS_SECRET_ACCESS_KEY",
    },
    "registry-writer": {
        "password": "MLFLOW_TRACKING_PASSWORD",
        "username": "MLFLOW_TRACKING_USERNAME",
    },
}


def run(where: str, words: list[str]) -> int:
    """Run a command with the variables of the steps; `where` is a directory in clusters/.

    Raises:
        ProjectError: The cluster, the project in it, or kubectl is missing.
    """
    target = named(where)
    target.verify()
    commands.choose(target)
    variables = _data("configmaps", "step-settings") | PROXIED
    for secret, names in SECRETS.items():
        values = _data("secrets", secret)
        variables |= {name: base64.b64decode(values[key]).decode() for key, name in names.items()}
    with ExitStack() as forwards:
        for name, value in variables.items():
            if inside := INSIDE.fullmatch(value):
                variables[name] = forwards.enter_context(_forward(*inside.groups()))
        for place, word in enumerate(words):
            if inside := INSIDE.fullmatch(word):
                words[place] = forwards.enter_context(_forward(*inside.groups()))
        environment = os.environ | variables
        return command.run(words, environment=environment, capture=False).returncode


def _data(kind: str, name: str) -> dict[str, str]:
    """Return what an object of the pipelines' namespace holds."""
    namespace = f"{commands.name()}-pipelines"
    found = commands.get(kind, f"--namespace={namespace}", f"--field-selector=metadata.name={name}")
    if not found:
        raise ProjectError(f"{namespace} has no {name}: run `make up` first.")
    data: dict[str, str] = found[0]["data"]
    return data


@contextmanager
def _forward(service: str, namespace: str, port: str) -> Iterator[str]:
    """Yield an address on this machine that leads to a service inside the cluster."""
    arguments = [*commands.target().kubectl, "--namespace", namespace]
    arguments += ["port-forward", f"service/{service}", f":{port}"]
    with subprocess.Popen(
        arguments,
        env=outside_hooks(os.environ),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            line = process.stdout.readline() if process.stdout else ""
            found = re.match(r"Forwarding from (127\.0\.0\.1:\d+)", line)
            if not found:
                process.terminate()
                said = process.stderr.read().strip() if process.stderr else ""
                raise ProjectError(f"{service} in {namespace} cannot be reached: {said[-200:]}")
            yield f"http://{found[1]}"
        finally:
            process.terminate()
