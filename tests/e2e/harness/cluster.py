"""The kind cluster: made, waited for, filled with images, removed."""

import functools
import shutil
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from . import binaries, cache, engine, images, machine, node_image

CONFIG = Path(__file__).parents[3] / "template" / "clusters" / "kind" / "cluster.yaml"
NAME = "slipway"
SECONDS_TO_BE_READY = 180


@dataclass(frozen=True)
class Cluster:
    """A running cluster as tests see it."""

    name: str
    kubeconfig: Path

    def kubectl(self, *arguments: str | Path, stdin: str | None = None) -> str:
        """Run kubectl against the cluster and return its output."""
        return machine.run(*(kubectl(), "--kubeconfig", self.kubeconfig, *arguments), stdin=stdin)

    def nodes(self) -> list[str]:
        """List the containers that are the cluster's nodes."""
        return kind("get", "nodes", "--name", self.name).split()


def up(name: str = NAME, config: Path = CONFIG, load_images: bool = True) -> Cluster:
    """Return a cluster with nodes Ready, DNS answering and component images loaded."""
    engine.start()
    cluster = Cluster(name, _kubeconfig(name))
    with cache.lock(f"cluster-{name}"):
        if name not in kind("get", "clusters").split():
            _refuse_a_taken_port(config)
            _create(cluster, config)
        if load_images and machine.supply() == "offline":
            step("images loaded", lambda: images.load(cluster.nodes()))
        step("DNS ready", lambda: _wait_for_dns(cluster))
    return cluster


def down(name: str = NAME) -> None:
    """Remove a cluster and what it left in the engine."""
    if machine.supply() == "offline" and engine.pid() is None:
        return
    with cache.lock(f"cluster-{name}"):
        kind("delete", "cluster", "--name", name, "--kubeconfig", str(_kubeconfig(name)))
        _kubeconfig(name).unlink(missing_ok=True)


def kind(*arguments: str | Path) -> str:
    """Run a kind command against the engine in use."""
    if not shutil.which("kind"):
        raise machine.HarnessError("kind is missing: install it (https://kind.sigs.k8s.io).")
    environment = {"KIND_EXPERIMENTAL_PROVIDER": "docker", **engine.environment()}
    return machine.run("kind", *arguments, env=environment)


@functools.cache
def kubectl() -> Path:
    """Return a kubectl: the compiled one in the offline supply, else the user's."""
    if machine.supply() == "offline":
        link = cache.directory() / "bin" / "kubectl"
        link.parent.mkdir(exist_ok=True)
        link.unlink(missing_ok=True)
        link.symlink_to(binaries.build("kube") / "kube")
        return link
    found = shutil.which("kubectl")
    if not found:
        raise machine.HarnessError("kubectl is missing: install it.")
    return Path(found)


def step(name: str, action: Callable[[], object]) -> None:
    """Do one step and print how long it took."""
    started = time.monotonic()
    action()
    print(f"{name} in {time.monotonic() - started:.1f} s", flush=True)


def _kubeconfig(name: str) -> Path:
    return cache.directory() / f"{name}.kubeconfig"


def _create(cluster: Cluster, config: Path) -> None:
    arguments = ["--name", cluster.name, "--config", config, "--wait", f"{SECONDS_TO_BE_READY}s"]
    if machine.supply() == "offline":
        arguments += ["--image", node_image.ensure()]
    arguments += ["--kubeconfig", cluster.kubeconfig]
    step("nodes ready", lambda: kind("create", "cluster", *arguments))


def _wait_for_dns(cluster: Cluster) -> None:
    timeout = f"--timeout={SECONDS_TO_BE_READY}s"
    cluster.kubectl("-n", "kube-system", "rollout", "status", "deployment/coredns", timeout)


def _refuse_a_taken_port(config: Path) -> None:
    """Say which port is taken before kind fails half-way."""
    for line in config.read_text().splitlines():
        key, _, value = line.strip().removeprefix("- ").partition(": ")
        if key != "hostPort":
            continue
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", int(value)))
            except OSError as taken:
                raise machine.HarnessError(
                    f"Port {value} of 127.0.0.1 is taken: stop what listens there"
                    f" or change hostPort in {config}."
                ) from taken
