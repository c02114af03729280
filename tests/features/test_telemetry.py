"""The answer `telemetry`: lines of the project's own pods are read, kept, bounded and asked."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.kit import manifests
from tests.kit.gates import texts
from tests.kit.manifest_rights import pod_security
from tests.kit.project import Project, Renderer

ROOM = "components/telemetry"


@pytest.fixture(scope="module")
def kept(render: Renderer) -> Project:
    """A project whose lines are kept."""
    return render({"telemetry": True})


def objects(project: Project, kind: str) -> dict[str, dict[str, Any]]:
    """Return the objects of a kind that the component brings, by name."""
    built = manifests.build(project.path, ROOM)
    return {item.name: item.object for item in built if item.kind == kind}


def pod(project: Project, kind: str, name: str) -> dict[str, Any]:
    """Return the specification of the pods of a workload."""
    found: dict[str, Any] = objects(project, kind)[name]["spec"]["template"]["spec"]
    return found


def test_the_agent_reads_one_directory_of_its_node_and_writes_none(kept: Project) -> None:
    spec = pod(kept, "DaemonSet", "agent")
    (volume,) = (volume for volume in spec["volumes"] if "hostPath" in volume)
    assert volume["hostPath"] == {"path": "/var/log/pods", "type": "Directory"}
    (container,) = spec["containers"]
    (mount,) = (m for m in container["volumeMounts"] if m["name"] == volume["name"])
    assert mount["readOnly"] is True
    assert spec["securityContext"]["runAsNonRoot"] is True
    assert spec["securityContext"]["runAsUser"] != 0
    assert spec["automountServiceAccountToken"] is False


def test_nothing_else_is_in_the_namespace_that_may_read_files_of_a_node(kept: Project) -> None:
    namespaces = objects(kept, "Namespace")
    levels = {
        name: item["metadata"]["labels"]["pod-security.kubernetes.io/enforce"]
        for name, item in namespaces.items()
    }
    assert levels == {
        "flight-delays-log-agent": "privileged",
        "flight-delays-telemetry": "restricted",
    }
    built = manifests.build(kept.path, ROOM)
    inside = {item.kind for item in built if item.namespace == "flight-delays-log-agent"}
    assert inside == {"ConfigMap", "DaemonSet", "NetworkPolicy", "ServiceAccount"}


def test_a_second_directory_of_the_node_would_be_seen(kept: Project, tmp_path: Path) -> None:
    project = kept.copy(tmp_path / "project")
    path = project.path / ROOM / "agent/daemonset.yaml"
    text, volume = path.read_text("utf-8"), "        - {name: etc, hostPath: {path: /etc}}\n"
    path.write_text(text + volume, "utf-8")
    (problem,) = pod_security(project.path).problems
    assert problem.endswith("DaemonSet agent: volume etc")


@pytest.mark.parametrize("cluster", ["kind", "production"])
def test_where_lines_go_and_how_long_they_stay_comes_from_the_clusters_values(
    cluster: str, kept: Project, tmp_path: Path
) -> None:
    project = kept.copy(tmp_path / "project")
    path = project.path / f"clusters/{cluster}/values.yaml"
    text = path.read_text("utf-8")
    for old, new in (
        (r"logs-endpoint: \S+", "logs-endpoint: https://otlp.example.com/v1/logs"),
        (r"logs-days: \S+", "logs-days: 30d"),
        (r"logs-size: \S+", "logs-size: 90GiB"),
        (r"  logs: \S+", "  logs: 100Gi"),
    ):
        text, changed = re.subn(old, new, text)
        assert changed == 1
    path.write_text(text, "utf-8")
    built = manifests.build(project.path, ROOM, cluster)
    by_kind = {item.kind: item.object for item in built}
    agent = yaml.safe_load(by_kind["ConfigMap"]["data"]["agent.yaml"])
    sent = agent["exporters"]["otlp_http"]["logs_endpoint"]
    assert sent == "https://otlp.example.com/v1/logs"
    (container,) = by_kind["Deployment"]["spec"]["template"]["spec"]["containers"]
    assert "-retentionPeriod=30d" in container["args"]
    assert "-retention.maxDiskSpaceUsageBytes=90GiB" in container["args"]
    claim = by_kind["PersistentVolumeClaim"]["spec"]
    assert claim["resources"]["requests"]["storage"] == "100Gi"


def test_what_serves_and_works_says_in_which_run_and_namespace_it_does(kept: Project) -> None:
    built = [
        *manifests.build(kept.path, "environments/dev"),
        *manifests.build(kept.path, "components/workflows"),
    ]
    told = {
        item.kind: str(item.object)
        for item in built
        if item.kind in {"Rollout", "WorkflowTemplate"} and "LOG_" in str(item.object)
    }
    assert "metadata.namespace" in told["Rollout"]
    assert "{{workflow.name}}" in told["WorkflowTemplate"]
    assert "{{workflow.uid}}" in told["WorkflowTemplate"]
    for image in ("pipeline", "serve"):
        assert "LOG_FORMAT=json" in (kept.path / f"images/{image}/Dockerfile").read_text("utf-8")


def test_without_the_answer_there_is_no_trace_of_it(
    kept: Project, standard: Project, render: Renderer
) -> None:
    assert render({"telemetry": False}).files() == standard.files()
    gone = set(kept.files()) - set(standard.files())
    assert {path.split("/")[0] for path in gone} == {"components", "docs", "gitops"}
    assert len(gone) >= 15
    others = {name: text for name, text in texts(standard.path) if name != "renovate.json"}
    assert len(others) >= 200
    speak = [name for name, text in others.items() if "components/telemetry" in text]
    assert [name for name in speak if not name.startswith("src/slipway/")] == []
