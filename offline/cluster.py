"""The kind cluster of the tests: made as a generated project makes it, from either supply."""

import functools
import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from . import binaries, cache, component_images, engine, machine, mirror, node_image

ROOT = Path(__file__).resolve().parents[1]
TEMPLATE = ROOT / "template" / "clusters" / "kind"
NAME = "slipway"
GIT_SERVER = "http://127.0.0.1:30418"


@dataclass(frozen=True)
class Cluster:
    """A running cluster as tests see it."""

    name: str
    kubeconfig: Path

    def kubectl(self, *arguments: str | Path, stdin: str | None = None) -> str:
        """Run kubectl against the cluster and return its output."""
        command = (kubectl(), "--kubeconfig", self.kubeconfig, *arguments)
        return machine.run(*command, stdin=stdin)

    def nodes(self) -> list[str]:
        """List the containers that are the cluster's nodes."""
        return kind("get", "nodes", "--name", self.name).split()


def exists(name: str) -> bool:
    """Tell whether a cluster is there, running or not."""
    stopped = machine.supply() == "offline" and engine.pid() is None
    return not stopped and name in kind("get", "clusters").split()


def environment(name: str = NAME) -> dict[str, str]:
    """Return the variables that make clusters/kind/up of any project use our supply."""
    variables = dict.fromkeys(("CLUSTER_KUBECONFIG", "KUBECONFIG"), str(_kubeconfig(name)))
    variables |= engine.environment()
    if machine.supply() == "offline":
        supplier = f"env PYTHONPATH={ROOT} {sys.executable} -m offline supply"
        variables |= {"CLUSTER_NODE_IMAGE": node_image.ensure(), "CLUSTER_SUPPLIER": supplier}
        variables |= mirror.environment()
    return variables


def up(name: str = NAME, config: Path | None = None, components: bool = True) -> Cluster:
    """Return a cluster with nodes Ready, DNS answering, and the component images loaded."""
    engine.start()
    variables = environment(name)
    if not components:
        variables.pop("CLUSTER_SUPPLIER", "")
    if config:
        variables["CLUSTER_CONFIG"] = str(config)
    if machine.supply() == "offline":
        component_images.provide_bases()
    with cache.lock(f"cluster-{name}"):
        machine.run(TEMPLATE / "up", name, env=variables)
    return Cluster(name, _kubeconfig(name))


def supply(name: str) -> None:
    """Bring into a new cluster what its nodes cannot pull: component images and mirrors."""
    component_images.load(Cluster(name, _kubeconfig(name)).nodes())
    mirror.push(GIT_SERVER)


def down(name: str = NAME) -> None:
    """Remove a cluster."""
    if machine.supply() == "offline" and engine.pid() is None:
        return
    with cache.lock(f"cluster-{name}"):
        kind("delete", "cluster", "--name", name, "--kubeconfig", _kubeconfig(name))
        _kubeconfig(name).unlink(missing_ok=True)


def kind(*arguments: str | Path) -> str:
    """Run a kind command against the engine in use."""
    return machine.run("kind", *arguments, env=engine.environment())


@functools.cache
def kubectl() -> Path:
    """Return a kubectl: the compiled one in the offline supply, else the user's."""
    if machine.supply() == "ordinary":
        return Path(shutil.which("kubectl") or "kubectl")
    link = cache.directory() / "bin" / "kubectl"
    link.parent.mkdir(exist_ok=True)
    fresh = link.with_name(f"kubectl.{os.getpid()}")
    fresh.symlink_to(binaries.build("kube") / "kube")
    return fresh.replace(link)


def _kubeconfig(name: str) -> Path:
    return cache.directory() / f"{name}.kubeconfig"
