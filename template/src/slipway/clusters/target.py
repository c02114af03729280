"""Which cluster a command talks to: every call names it, whatever kubectl's current context is.

A cluster is called by its directory in clusters/. The local one, kind, has a kubeconfig of its own
below var/, so that the user's is neither read for it nor written; of any other cluster values.yaml
names the context in the user's own kubeconfig.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from .. import command
from ..errors import ProjectError
from ..project import project
from ..settings import settings
from . import values


@dataclass(frozen=True)
class Target:
    """A cluster: its directory and its context; `kind` is the name of a local one, else empty."""

    directory: str
    context: str
    kind: str = ""

    @property
    def kubectl(self) -> list[str]:
        """The words with which every call of kubectl begins.

        Raises:
            ProjectError: The local cluster has no kubeconfig.
        """
        if not self.kind:
            return ["kubectl", "--context", self.context]
        return ["kubectl", "--kubeconfig", str(self._kubeconfig()), "--context", self.context]

    def _kubeconfig(self) -> Path:
        path = kubeconfig(self.kind)
        if not path.is_file():
            raise ProjectError(f"{path} is missing: run `make up` first, which writes it.")
        return path

    def verify(self) -> None:
        """Look, before something is written, whether this is the cluster that was asked for.

        Raises:
            ProjectError: There is no such local cluster, or its kubeconfig leads to another one.
        """
        if not self.kind:
            return
        answer = command.run(["kind", "get", "kubeconfig", "--name", self.kind])
        if answer.returncode:
            reason = (answer.stderr.strip().splitlines() or ["no answer"])[-1]
            raise ProjectError(f"There is no cluster {self.kind}, run `make up` first: {reason}")
        path = self._kubeconfig()
        kept, running = (_server(text, self.context) for text in (path.read_text(), answer.stdout))
        if kept != running:
            raise ProjectError(
                f"{path} leads to {kept or 'no cluster'}, and the cluster {self.kind} is at "
                f"{running}: run `make up`, which writes it anew."
            )


def kubeconfig(cluster: str) -> Path:
    """Return where clusters/kind/up writes how to reach a local cluster."""
    path = os.environ.get("CLUSTER_KUBECONFIG")
    return Path(path) if path else settings().project_root / "var" / f"kind-{cluster}.kubeconfig"


def local(cluster: str = "") -> Target:
    """Return the local cluster: the one that is named, or CLUSTER, or the project's own."""
    name = cluster or os.environ.get("CLUSTER") or project().name
    return Target(values.LOCAL, f"kind-{name}", name)


def named(where: str) -> Target:
    """Return the cluster whose directory in clusters/ is called `where`.

    Raises:
        ProjectError: There is no such directory, or its values are wrong.
    """
    return local() if where == values.LOCAL else Target(where, values.load(where).context)


def _server(text: str, context: str) -> str:
    """Return the address of the API server to which a context of a kubeconfig leads."""
    config: dict[str, Any] = yaml.safe_load(text) or {}
    clusters = {item["name"]: item["cluster"] for item in config.get("clusters") or []}
    contexts = {item["name"]: item["context"] for item in config.get("contexts") or []}
    cluster = clusters.get(contexts.get(context, {}).get("cluster"), {})
    return str(cluster.get("server", ""))
