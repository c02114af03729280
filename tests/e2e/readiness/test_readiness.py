"""`make readiness` knows what the cluster has, and what it would refuse."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.kit.delivery import ENVIRONMENTS, Delivered

# a project of one machine is built meanwhile
pytestmark = pytest.mark.usefixtures("containers")

METRICS = "metrics of pods"  # kind brings none


def opened(project: Delivered) -> list[str]:
    """Return what is open in the local cluster; for that the command has to fail."""
    command = f"make readiness WHERE=kind CLUSTER={project.made.name}; test $? -eq 2"
    rows = re.findall(r"^open +(.+)$", project.run("bash", "-c", command), re.M)
    assert rows, "kind has no metrics, so one row at least is open"
    return rows


@pytest.fixture
def changed(released: Delivered) -> Iterator[Delivered]:
    """The delivered project, to be changed without a commit."""
    yield released
    released.git("checkout", "--", "clusters", "components")


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def test_a_delivered_project_lacks_only_what_kind_lacks(released: Delivered) -> None:
    (row,) = opened(released)
    assert row.startswith(METRICS)


def test_a_missing_key_and_a_missing_kind_are_open(changed: Delivered) -> None:
    needs = changed.path / "components/kubeflow-pipelines/needs.yaml"
    replace(needs, "keys: [password, username]", "keys: [port, password, username]")
    replace(needs, "get crd scheduledworkflows", "get crd planted")
    rows = "\n".join(opened(changed))
    assert re.search(r"Secret mysql-secret .*make it with the keys port", rows)
    assert re.search(r'kinds of Kubeflow Pipelines: .*"planted.kubeflow.org" not found', rows)


def test_a_value_that_contradicts_another_is_one_sentence(changed: Delivered) -> None:
    values = changed.path / "clusters/kind/values.yaml"
    replace(values, 'secure: "false"', 'secure: "true"')
    command = f"make readiness WHERE=kind CLUSTER={changed.made.name} 2>&1; test $? -eq 2"
    assert "clusters/kind/values.yaml:" in changed.run("bash", "-c", command)


def test_a_pod_that_the_namespace_refuses_is_open(changed: Delivered) -> None:
    replace(
        changed.path / "components/serving/kubernetes/deployment.yaml",
        "runAsNonRoot: true",
        "runAsNonRoot: false",
    )
    refused = [row for row in opened(changed) if "admission" in row]
    assert len(refused) == len(ENVIRONMENTS)
    assert all("runAsNonRoot" in row or "PodSecurity" in row for row in refused)
