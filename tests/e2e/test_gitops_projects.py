"""Two projects share a cluster, and each follows its template, without touching the other."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.e2e import delivery
from tests.e2e.delivery import ARGO, ENVIRONMENTS, Delivered
from tests.e2e.harness import cluster
from tests.e2e.workflows import model, trainings
from tests.kit import versions

Name = tuple[str, str, str]


@pytest.fixture(scope="module")
def second(
    released: Delivered, made: cluster.Cluster, tmp_path_factory: pytest.TempPathFactory
) -> Delivered:
    """Return a minimal project that serves and came into the cluster after the first one."""
    directory = tmp_path_factory.mktemp("second") / "late-trains"
    answers = {"project_name": "late-trains", "package_name": "late_trains", "serving": "true"}
    project = delivery.render(directory, made, profile="minimal", **answers)
    project.up()
    return project


def managed(project: Delivered) -> set[Name]:
    """Return kind, namespace and name of everything that Argo CD keeps for a project."""
    return {
        (item["kind"], item.get("namespace", ""), item["name"])
        for application in project.applications()
        for item in application["status"].get("resources", [])
    }


def kept(project: Delivered) -> set[Name]:
    """Return directory, kind and name of everything that Argo CD keeps for a project."""
    return {
        (application["spec"]["source"]["path"], item["kind"], item["name"])
        for application in project.applications()
        for item in application["status"].get("resources", [])
    }


def wanted(project: Delivered) -> set[Name]:
    """Return what kustomize builds of a project that has released nothing."""
    found = [*project.path.glob("components/*/kustomization.yaml")]
    found += project.path.glob("components/workflows/kustomization.yaml")
    directories = [str(path.parent.relative_to(project.path)) for path in found]
    return {
        (directory, item["kind"], item["metadata"]["name"])
        for directory in ("clusters/kind/gitops", *directories)
        for item in project.built(directory)
    }


def processes(project: Delivered, namespaces: tuple[str, ...]) -> set[str]:
    """Return the identities of the pods in some of a project's namespaces."""
    found = set()
    for namespace in namespaces:
        pods = project.get("pods", namespace)
        found |= {pod["metadata"]["uid"] for pod in pods}
    return found


def test_two_projects_have_no_object_in_common(released: Delivered, second: Delivered) -> None:
    one, other = managed(released), managed(second)
    assert len(one) >= 90
    assert len(other) >= 35
    assert one & other == set()


@pytest.mark.parametrize("target", ["flight-delays-prod", "argocd", "kube-system"])
def test_a_project_cannot_write_elsewhere(
    target: str, released: Delivered, second: Delivered
) -> None:
    (own,) = [
        item for item in second.applications() if item["metadata"]["name"] == "late-trains-mlflow"
    ]
    name = f"trespass-{target}"
    trespass: dict[str, Any] = {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Application",
        "metadata": {"name": name, "namespace": "argocd"},
        "spec": {**own["spec"], "destination": own["spec"]["destination"] | {"namespace": target}},
    }
    second.kubectl("apply", "--filename=-", stdin=json.dumps(trespass))

    def refused() -> bool:
        text = second.kubectl(ARGO, "get", "application", name, "-o", "json")
        conditions = json.loads(text).get("status", {}).get("conditions", [])
        return any(item["type"] == "InvalidSpecError" for item in conditions)

    delivery.wait(refused, 60, second.status)
    second.kubectl(ARGO, "delete", "application", name)


def test_an_update_of_the_template_restarts_only_what_it_changes(released: Delivered) -> None:
    template = delivery.template_of(released.path)
    path = template / "template/components/monitoring/prometheus.yaml.jinja"
    text = path.read_text("utf-8")
    changed = text.replace("scrape_interval: 15s", "scrape_interval: 20s")
    assert changed != text
    path.write_text(changed, "utf-8")
    versions.release(template, "v1.1.0")
    calm = (*ENVIRONMENTS, "mlflow", "pipelines")
    before, monitoring = processes(released, calm), processes(released, ("monitoring",))
    versions.update(released.path, "v1.1.0")
    released.push()
    released.settle()
    assert processes(released, calm) == before
    assert processes(released, ("monitoring",)) != monitoring
    assert all("Synced  Healthy" in row for row in released.status().splitlines()[1:])


def test_a_profile_brings_and_takes_exactly_its_objects(second: Delivered) -> None:
    minimal = managed(second)
    for profile in ("standard", "minimal"):
        versions.update(second.path, "v1.0.0", {"profile": profile})
        second.push()
        second.settle(300)
        delivery.wait(lambda: kept(second) == wanted(second), 60, second.status)
        namespaces = {namespace for _, namespace, _ in managed(second)}
        assert ("late-trains-monitoring" in namespaces) == (profile == "standard")
    assert managed(second) == minimal
    delivery.wait(lambda: not second.get("deployments", "monitoring"), 60, second.status)


def test_two_projects_train_at_the_same_time(released: Delivered, second: Delivered) -> None:
    before = trainings(released)
    projects = (released, second)
    with ThreadPoolExecutor() as pool:
        printed = list(pool.map(lambda one: one.make("train", "AS_OF=2013-04-03"), projects))
    assert model(printed[0]) == model(printed[1])  # the same data, code and seed
    assert (trainings(released) - before, trainings(second)) == (1, 1)
