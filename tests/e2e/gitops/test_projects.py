"""Two projects share a cluster, and each follows its template, without touching the other."""

import json
from typing import Any

import pytest

from tests.e2e.kit import waiting
from tests.e2e.kit.delivery import ARGO, ENVIRONMENTS, Delivered
from tests.kit import versions

pytestmark = pytest.mark.usefixtures("arriving")  # the second project arrives meanwhile

Name = tuple[str, str, str]
OPTIONAL = ("monitoring", "workflows")  # components


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
    """Return what a project that has released nothing should keep."""
    return {
        (directory, item["kind"], item["metadata"]["name"])
        for directory, items in project.manifests().items()
        if not directory.startswith("environments/")
        for item in items
    }


def processes(project: Delivered, namespaces: tuple[str, ...]) -> set[str]:
    """Return the identities of the pods that go on in some of a project's namespaces."""
    return {
        pod["metadata"]["uid"]
        for namespace in namespaces
        for pod in project.get("pods", namespace)
        if not {"Job", "Workflow"} & {owner["kind"] for owner in owners(pod)}  # they end
    }


def owners(pod: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what has made a pod."""
    found: list[dict[str, Any]] = pod["metadata"].get("ownerReferences", [])
    return found


def test_an_update_of_the_template_restarts_only_what_it_changes(released: Delivered) -> None:
    path = released.template / "template/components/monitoring/prometheus.yaml.jinja"
    text = path.read_text("utf-8")
    changed = text.replace("scrape_interval: 15s", "scrape_interval: 20s")
    assert changed != text
    path.write_text(changed, "utf-8")
    versions.release(released.template, "v1.1.0")
    calm = (*ENVIRONMENTS, "mlflow", "pipelines")
    before, monitoring = processes(released, calm), processes(released, ("monitoring",))
    versions.update(released.path, "v1.1.0")
    released.push()
    released.settle()
    assert processes(released, calm) == before
    assert processes(released, ("monitoring",)) != monitoring
    assert all("Synced  Healthy" in row for row in released.status().splitlines()[1:])


def test_two_projects_have_no_object_in_common(released: Delivered, second: Delivered) -> None:
    one, other = managed(released), managed(second)
    assert len(one) >= 90
    assert len(other) >= 70  # it has released nothing
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

    waiting.until(refused, 60, second.status)
    second.kubectl(ARGO, "delete", "application", name)


def test_components_take_and_bring_exactly_their_objects(second: Delivered) -> None:
    whole = managed(second)
    for chosen in (False, True):
        versions.update(second.path, "v1.0.0", dict.fromkeys(OPTIONAL, chosen))
        second.push()
        second.settle(300)
        waiting.until(lambda: kept(second) == wanted(second), 60, second.status)
        namespaces = {namespace for _, namespace, _ in managed(second)}
        assert ("late-trains-monitoring" in namespaces) == chosen
        if not chosen:
            waiting.until(lambda: not second.get("deployments", "monitoring"), 60, second.status)
    assert managed(second) == whole
