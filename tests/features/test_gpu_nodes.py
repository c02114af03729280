"""The answer `cloud`: two pools of nodes with GPUs, and a model service that stays off spot."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from hooks.template import questions
from tests.kit import cloud_kinds, manifests
from tests.kit.gates import Findings
from tests.kit.manifest_gates import schema
from tests.kit.project import Project, Renderer
from tests.kit.traces import traces

Passes = Callable[[str, Findings, int], None]
ROOM = "components/gpu-nodes"
VALUES = "clusters/production/values.yaml"
CLOUDS = [name for name in questions()["cloud"]["choices"].values() if name != "none"]
KARPENTER = ["aws", "azure"]
MODULE = {"README.md", "main.tf", "outputs.tf", "variables.tf", "versions.tf"}
OTHERS = {  # words that only one cloud has
    "aws": r"\b(AWS|EKS|EC2)\w*|karpenter\.k8s\.aws",
    "azure": r"\b(Azure|AKS)\w*|karpenter\.azure\.com",
    "gcp": r"\b(Google Cloud|GKE|ComputeClass)\b|cloud\.google\.com",
}
SPOT = {
    "aws": {"karpenter.sh/capacity-type": "spot"},
    "azure": {"karpenter.sh/capacity-type": "spot"},
    "gcp": {"cloud.google.com/gke-spot": "true"},
}
STAYS: list[dict[str, str]] = [{"karpenter.sh/capacity-type": "on-demand"}, {}]
DEFECTS = [
    ("aws", "nodepool-training", "WhenEmpty\n", "WhenIdle\n", "'WhenIdle' is not one of"),
    ("aws", "nodepool-training", "effect: NoSchedule", "effect: NoStart", "'NoStart' is not one"),
    ("aws", "nodepool-inference", "operator: In", "operator: Within", "'Within' is not one of"),
    ("aws", "ec2nodeclass", "httpTokens: required", "httpTokens: always", "'always' is not one"),
    ("aws", "ec2nodeclass", "httpEndpoint", "endpoint", "'endpoint' was unexpected"),
    ("azure", "aksnodeclass", "osDiskSizeGB", "osDiskSize", "'osDiskSize' was unexpected"),
    ("azure", "aksnodeclass", "mode: Driver", "mode: Drivers", "'Drivers' is not one of"),
    ("azure", "nodepool-training", "expireAfter", "expiry", "'expiry' was unexpected"),
    ("gcp", "computeclass-training", "DoNotScaleUp", "Wait", "'Wait' is not one of"),
    ("gcp", "computeclass-training", "spot: true", "spot: often", "is not of type 'boolean'"),
    ("gcp", "computeclass-inference", "AnyBestEffort", "Any", "'Any' is not one of"),
]


@pytest.fixture(params=CLOUDS)
def cloud(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def pool(project: Project, name: str) -> dict[str, Any]:
    """Return the specification of a pool, as production has it."""
    (found,) = [b for b in manifests.build(project.path, ROOM) if b.name.endswith(f"-{name}")]
    spec: dict[str, Any] = found.object["spec"]
    return spec


def requirement(spec: dict[str, Any], key: str) -> list[str]:
    """Return the values that a pool of Karpenter allows for a label."""
    (only,) = [r for r in spec["template"]["spec"]["requirements"] if r["key"] == key]
    values: list[str] = only["values"]
    return values


def seconds(duration: str) -> int:
    units = {"s": 1, "m": 60, "h": 3600}
    return sum(int(number) * units[unit] for number, unit in re.findall(r"(\d+)(\w)", duration))


def may_run(pod: dict[str, Any], labels: dict[str, str]) -> bool:
    """Tell whether the affinity of a pod allows a node with these labels."""
    affinity = pod.get("affinity", {}).get("nodeAffinity", {})
    terms = affinity.get("requiredDuringSchedulingIgnoredDuringExecution", {})
    rules = [rule for t in terms.get("nodeSelectorTerms", []) for rule in t["matchExpressions"]]
    assert {rule["operator"] for rule in rules} <= {"NotIn"}
    return all(labels.get(rule["key"]) not in rule["values"] for rule in rules)


def servers(project: Project, environment: str) -> list[dict[str, Any]]:
    built = manifests.build(project.path, f"environments/{environment}")
    return [b.object["spec"]["template"]["spec"] for b in built if b.kind == "Rollout"]


def test_a_cloud_brings_its_pools_and_one_module_of_the_same_files(
    cloud: str, render: Renderer, standard: Project
) -> None:
    added = set(render({"cloud": cloud}).files()) - set(standard.files())
    assert {path for path in added if path.startswith("infra/")} == {
        f"infra/{cloud}/{name}" for name in MODULE
    }
    rest = {path for path in added if not path.startswith(("infra/", f"{ROOM}/"))}
    assert rest == {
        "components/serving/kubernetes/on-demand/kustomization.yaml",
        "docs/how-to/gpu-nodes.md",
    }


def test_without_a_cloud_there_is_no_trace_of_one(
    cloud: str, render: Renderer, standard: Project, passes: Passes
) -> None:
    gone = set(render({"cloud": cloud}).files()) - set(standard.files())
    assert len(gone) >= 10
    passes(f"traces of {cloud}", traces(standard.path, gone), 40)


def test_no_file_of_a_cloud_speaks_of_another(cloud: str, render: Renderer) -> None:
    project = render({"cloud": cloud})
    files = [n for n in project.files() if n.startswith(("clusters/", "gitops/", "infra/", ROOM))]
    assert len(files) >= 30
    for other in set(CLOUDS) - {cloud}:
        for name in files:
            text = (project.path / name).read_text("utf-8")
            assert not re.search(OTHERS[other], text), f"{name} speaks of {other}"


def test_kind_leaves_the_pools_out_and_production_has_them(cloud: str, render: Renderer) -> None:
    project = render({"cloud": cloud})
    assert manifests.cluster_of(project.path, ROOM) == "production"
    kind = yaml.safe_load((project.path / "clusters/kind/values.yaml").read_text("utf-8"))
    assert "gpu-nodes" not in kind


@pytest.mark.parametrize("name", KARPENTER)
def test_karpenter_trains_on_spot_or_on_demand_and_leaves_a_node_alone_that_works(
    name: str, render: Renderer
) -> None:
    spec = pool(render({"cloud": name}), "training")
    assert set(requirement(spec, "karpenter.sh/capacity-type")) == {"on-demand", "spot"}
    assert spec["disruption"]["consolidationPolicy"] == "WhenEmpty"
    assert spec["template"]["spec"]["expireAfter"] == "Never"
    grace = seconds(spec["template"]["spec"]["terminationGracePeriod"])
    assert 90 <= grace < seconds(spec["disruption"]["consolidateAfter"])
    assert "replicas" not in spec


@pytest.mark.parametrize("name", KARPENTER)
def test_karpenter_serves_on_no_spot_and_waits_for_disruption_budgets(
    name: str, render: Renderer
) -> None:
    spec = pool(render({"cloud": name}), "inference")
    assert "spot" not in requirement(spec, "karpenter.sh/capacity-type")
    assert spec["disruption"]["consolidationPolicy"] == "WhenEmptyOrUnderutilized"
    assert "terminationGracePeriod" not in spec["template"]["spec"]


def test_gke_trains_on_spot_first_and_serves_on_no_spot(render: Renderer) -> None:
    project = render({"cloud": "gcp"})
    training, inference = pool(project, "training"), pool(project, "inference")
    assert [priority["spot"] for priority in training["priorities"]] == [True, False]
    assert [priority["spot"] for priority in inference["priorities"]] == [False]
    grace = seconds(training["nodePoolConfig"]["nodeDrainConfig"]["graceTerminationDuration"])
    assert 90 <= grace < training["autoscalingPolicy"]["consolidationDelayMinutes"] * 60
    assert training["autoscalingPolicy"]["gpuConsolidationThreshold"] == 0


@pytest.mark.parametrize("name", ["inference", "training"])
def test_every_pool_keeps_pods_without_a_gpu_away(name: str, cloud: str, render: Renderer) -> None:
    spec = pool(render({"cloud": cloud}), name)
    taints = (spec.get("nodePoolConfig") or spec["template"]["spec"])["taints"]
    assert taints == [{"effect": "NoSchedule", "key": "nvidia.com/gpu", "value": "present"}]


def test_the_values_of_a_cluster_reach_the_pools(render: Renderer, tmp_path: Path) -> None:
    project = render({"cloud": "aws"}).copy(tmp_path / "project")
    path = project.path / VALUES
    content = yaml.safe_load(path.read_text("utf-8"))
    aws = content["gpu-nodes"]["aws"]
    aws |= {"role": "ours", "zones": ["eu-north-1c"]}
    aws["training"] = {"families": ["p5"], "gpus-maximum": 16}
    path.write_text(yaml.safe_dump(content), "utf-8")
    spec = pool(project, "training")
    assert spec["limits"] == {"nvidia.com/gpu": 16}
    assert requirement(spec, "karpenter.k8s.aws/instance-family") == ["p5"]
    assert requirement(spec, "topology.kubernetes.io/zone") == ["eu-north-1c"]
    assert pool(project, "gpu")["role"] == "ours"


@pytest.mark.parametrize("environment", ["dev", "staging", "prod"])
def test_the_model_service_runs_on_no_node_that_may_be_taken_back(
    environment: str, cloud: str, render: Renderer
) -> None:
    (pod,) = servers(render({"cloud": cloud}), environment)
    assert not may_run(pod, SPOT[cloud])
    assert all(may_run(pod, labels) for labels in STAYS)


def test_without_a_cloud_the_model_service_runs_anywhere(standard: Project) -> None:
    (pod,) = servers(standard, "prod")
    assert "affinity" not in pod


def test_what_is_known_of_the_kinds_of_clouds_is_enough() -> None:
    assert len(cloud_kinds.crds()) == 4


@pytest.mark.parametrize(("name", "file", "old", "new", "expected"), DEFECTS)
def test_what_a_kind_does_not_take_is_found(
    name: str, file: str, old: str, new: str, expected: str, render: Renderer, tmp_path: Path
) -> None:
    project = render({"cloud": name}).copy(tmp_path / "project").path
    path = project / ROOM / f"{file}.yaml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")
    assert any(expected in problem for problem in schema(project).problems)


def test_the_module_of_aws_makes_what_the_values_name(render: Renderer) -> None:
    project = render({"cloud": "aws"}).path
    aws = yaml.safe_load((project / VALUES).read_text("utf-8"))["gpu-nodes"]["aws"]
    variables, main = ((project / f"infra/aws/{n}.tf").read_text() for n in ("variables", "main"))
    assert f'default     = "{aws["discovery"]}"' in variables
    assert aws["role"] == f"{aws['discovery']}-node"
    assert 'name               = "${var.name}-node"' in main
