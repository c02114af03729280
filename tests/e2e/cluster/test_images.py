"""Component images are what their names say, and are in the nodes before anything asks for them."""

import json

import pytest

from offline import binaries, cluster, component_images, engine, machine
from tests.e2e.kit import waiting, workloads

pytestmark = pytest.mark.usefixtures("coming")  # a project arrives meanwhile

UPSTREAM = {
    "argo-rollouts": ("argo-rollouts", "github.com/argoproj/argo-rollouts"),
    "argocd": ("argo-cd", "github.com/argoproj/argo-cd/v3"),
    "argoexec": ("argo-workflows", "github.com/argoproj/argo-workflows/v3"),
    "keda": ("keda", "github.com/kedacore/keda/v2"),
    "keda-metrics-apiserver": ("keda", "github.com/kedacore/keda/v2"),
    "kube-state-metrics": ("kube-state-metrics", "k8s.io/kube-state-metrics/v2"),
    "kueue": ("kueue", "sigs.k8s.io/kueue"),
    "otel-collector": ("otel-collector", "go.opentelemetry.io/collector/otelcol"),
    "versitygw": ("versitygw", "github.com/versity/versitygw"),
    "victoria-logs": ("victoria-logs", "github.com/VictoriaMetrics/VictoriaLogs"),
    "workflow-controller": ("argo-workflows", "github.com/argoproj/argo-workflows/v3"),
}


def names_of(component: str) -> list[str]:
    """Return the names of a component's image."""
    return next(c.names for c in component_images.catalogue() if c.directory.name == component)


@pytest.mark.parametrize("name", UPSTREAM)
def test_the_tag_of_an_image_is_the_version_that_is_compiled(name: str) -> None:
    version = binaries.version(*UPSTREAM[name])
    tags = [image.rpartition(":")[2] for image in names_of(name)]
    assert [tag.removeprefix("v") for tag in tags] == [version.removeprefix("v")]


def test_every_image_says_what_differs_from_upstreams() -> None:
    assert all(component.recipe["differs"] for component in component_images.catalogue())


def test_every_image_runs_as_a_numeric_user() -> None:
    users = {
        component.directory.name: component.recipe.get("run", {}).get("user", "")
        for component in component_images.catalogue()
        if not component.for_builds
    }
    assert [name for name, user in users.items() if not user.isdigit() or user == "0"] == []


def test_every_component_image_is_in_every_node(made: cluster.Cluster) -> None:
    expected = {
        name if "." in name.split("/")[0] else f"docker.io/library/{name}"
        for component in component_images.catalogue()
        if machine.supply() == "offline" and not component.for_builds
        for name in component.names
    }
    for node in made.nodes():
        listing = ("ctr", "--namespace=k8s.io", "images", "list", "--quiet")
        assert expected <= set(engine.docker("exec", node, *listing).split())


def test_a_pod_starts_from_an_image_in_the_node_without_a_pull(
    made: cluster.Cluster, namespace: str
) -> None:
    (name,) = names_of("argoexec")
    if machine.supply() == "ordinary":
        engine.docker("pull", "--quiet", name)
        cluster.kind("load", "docker-image", name, "--name", made.name)
    pod = workloads.pod("version", "", image=name, command=["argoexec", "version"])
    workloads.apply(made, namespace, pod)
    workloads.output(made, namespace, "version")

    def pulled() -> list[str]:
        found = made.kubectl("-n", namespace, "get", "events", "--output=json")
        events = json.loads(found)["items"]
        return [event["message"] for event in events if event["reason"] == "Pulled"]

    (message,) = waiting.until(pulled, 30, "nothing says where the image came from")
    assert "already present" in message


def test_the_reference_lists_every_image() -> None:
    page = (cluster.ROOT / "docs" / "reference" / "offline-cluster.md").read_text()
    names = [name for component in component_images.catalogue() for name in component.names]
    assert [name for name in names if f"`{name}`" not in page] == []
