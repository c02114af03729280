"""Every component image runs in the cluster as a user without rights."""

from collections.abc import Iterator
from typing import Any

import pytest

from offline import cluster, component_images
from tests.e2e.kit import workloads

pytestmark = pytest.mark.usefixtures("coming")  # a project arrives meanwhile

COMPONENTS = {c.directory.name: c for c in component_images.catalogue() if not c.for_builds}
SERVERS = [name for name, component in COMPONENTS.items() if "server" in component.recipe]


@pytest.fixture(scope="module")
def started(made: cluster.Cluster) -> Iterator[str]:
    """Start every component at once, so that one waits while another starts; return where."""
    with workloads.own_namespace(made) as namespace:
        for name in COMPONENTS:
            command = COMPONENTS[name].recipe["smoke"]["command"]
            workloads.apply(made, namespace, pod(name, name, command=command))
        for name in SERVERS:
            workloads.apply(made, namespace, server(name))
        yield namespace


def pod(name: str, component: str, **container: Any) -> dict[str, Any]:
    """Return a safe pod of a component's image that runs as the image's own user."""
    recipe = COMPONENTS[component].recipe
    made = workloads.pod(name, "", image=COMPONENTS[component].names[0], **container)
    user = {"runAsUser": int(recipe["run"]["user"])}
    made["spec"]["securityContext"] = workloads.SAFE_POD | user
    return made


def server(component: str) -> dict[str, Any]:
    """Return a pod that runs a component as the image says, ready when its port answers."""
    recipe = COMPONENTS[component].recipe["server"]
    variables = recipe.get("environment", {})
    made = pod(
        f"{component}-server",
        component,
        env=[{"name": key, "value": value} for key, value in variables.items()],
        readinessProbe={"periodSeconds": 1, "tcpSocket": {"port": recipe["port"]}},
    )
    container = made["spec"]["containers"][0]
    del container["command"]
    if "arguments" in recipe:
        container["args"] = recipe["arguments"]
    return made


@pytest.mark.parametrize("name", COMPONENTS)
def test_a_component_starts(name: str, made: cluster.Cluster, started: str) -> None:
    workloads.finish(made, started, name)
    prints = COMPONENTS[name].recipe["smoke"]["prints"]
    assert prints in made.kubectl("--namespace", started, "logs", name)


@pytest.mark.parametrize("name", SERVERS)
def test_a_server_becomes_ready(name: str, made: cluster.Cluster, started: str) -> None:
    workloads.ready(made, started, f"pod/{name}-server")
