"""Every component image runs in the cluster as a user without rights."""

from typing import Any

import pytest

from offline import cluster, component_images
from tests.e2e.kit import workloads

COMPONENTS = {c.directory.name: c for c in component_images.catalogue() if not c.for_builds}
SERVERS = [name for name, component in COMPONENTS.items() if "server" in component.recipe]


def pod(name: str, **container: Any) -> dict[str, Any]:
    """Return a safe pod of a component's image that runs as the image's own user."""
    made = workloads.pod(name, "", image=COMPONENTS[name].names[0], **container)
    user = {"runAsUser": int(COMPONENTS[name].recipe["run"]["user"])}
    made["spec"]["securityContext"] = workloads.SAFE_POD | user
    return made


@pytest.mark.parametrize("name", COMPONENTS)
def test_a_component_starts(name: str, made: cluster.Cluster, namespace: str) -> None:
    smoke = COMPONENTS[name].recipe["smoke"]
    workloads.apply(made, namespace, pod(name, command=smoke["command"]))
    workloads.finish(made, namespace, name)
    assert smoke["prints"] in made.kubectl("--namespace", namespace, "logs", name)


@pytest.mark.parametrize("name", SERVERS)
def test_a_server_becomes_ready(name: str, made: cluster.Cluster, namespace: str) -> None:
    server = COMPONENTS[name].recipe["server"]
    variables = server.get("environment", {})
    started = pod(
        name,
        env=[{"name": key, "value": value} for key, value in variables.items()],
        readinessProbe={"periodSeconds": 1, "tcpSocket": {"port": server["port"]}},
    )
    container = started["spec"]["containers"][0]
    del container["command"]
    if "arguments" in server:
        container["args"] = server["arguments"]
    workloads.apply(made, namespace, started)
    ready = ("wait", f"pod/{name}", "--for=condition=Ready", "--timeout=120s")
    made.kubectl("--namespace", namespace, *ready)
