"""The answer `queues`: trainings wait for the quota of their project, and lend what is idle."""

import ast
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.kit import manifests
from tests.kit.gates import texts
from tests.kit.manifests import BOOTSTRAP, Built
from tests.kit.project import Project, Renderer

KUEUE = f"{BOOTSTRAP}/kueue"
SHARED = f"{BOOTSTRAP}/shared-queues"
ENGINE = Path(__file__).parents[2] / "template/src/slipway"


@pytest.fixture(scope="module")
def queued(render: Renderer) -> Project:
    """A project whose trainings wait in a queue."""
    return render({"queues": True})


@pytest.fixture(scope="module")
def with_gpus(render: Renderer) -> Project:
    """A project with pools of GPU nodes as well."""
    return render({"queues": True, "cloud": "aws"})


def built(project: Project, leaf: str, kind: str) -> list[Built]:
    """Return the objects of a kind that a directory brings."""
    return [item for item in manifests.build(project.path, leaf) if item.kind == kind]


def one(project: Project, leaf: str, kind: str) -> dict[str, Any]:
    (only,) = built(project, leaf, kind)
    return only.object


def quotas(project: Project) -> dict[str, dict[str, Any]]:
    """Return the quotas of the project's ClusterQueue, by flavor."""
    groups = one(project, "components/queues", "ClusterQueue")["spec"]["resourceGroups"]
    return {
        flavor["name"]: {item["name"]: item["nominalQuota"] for item in flavor["resources"]}
        for group in groups
        for flavor in group["flavors"]
    }


def test_without_the_answer_there_is_no_trace_of_it(
    queued: Project, standard: Project, render: Renderer
) -> None:
    assert render({"queues": False}).files() == standard.files()
    gone = set(queued.files()) - set(standard.files())
    assert {path.split("/")[0] for path in gone} == {"components", "docs", "gitops"}
    assert len(gone) >= 20
    others = dict(texts(standard.path))
    assert len(others) >= 200
    speak = [
        name
        for name, text in others.items()
        if re.search("kueue|components.queues|share-a-quota|^queue", text, re.I | re.M)
    ]
    assert [name for name in speak if not name.startswith("src/slipway/")] == []


def test_quotas_are_values_of_the_cluster(queued: Project, with_gpus: Project) -> None:
    assert quotas(queued) == {"shared": {"cpu": "4", "memory": "16Gi"}}
    assert quotas(with_gpus) == {
        "shared": {"cpu": "4", "memory": "16Gi"},
        "flight-delays-spot": {"nvidia.com/gpu": "2"},
        "flight-delays-on-demand": {"nvidia.com/gpu": "1"},
    }


Nodes = list[dict[str, str]]


def nodes(cloud: str, spec: dict[str, Any], name: str) -> Nodes:
    """Return the labels of the nodes that a pool can have, by which a pod chooses."""
    if cloud == "gcp":
        spot = {True: {"gke-spot": "true"}, False: {"gke-provisioning": "standard"}}
        found = [{"compute-class": name} | spot[part["spot"]] for part in spec["priorities"]]
        return [{f"cloud.google.com/{key}": text for key, text in node.items()} for node in found]
    (types,) = (
        part["values"]
        for part in spec["template"]["spec"]["requirements"]
        if part["key"] == "karpenter.sh/capacity-type"
    )
    return [{"karpenter.sh/nodepool": name, "karpenter.sh/capacity-type": one} for one in types]


@pytest.mark.parametrize("cloud", ["aws", "azure", "gcp"])
def test_a_training_with_a_gpu_finds_nodes_of_its_capacity_in_the_training_pool_alone(
    cloud: str, render: Renderer
) -> None:
    """Kueue gives a Job the labels and tolerations of the flavor whose quota it takes."""
    project = render({"queues": True, "cloud": cloud})
    flavors = built(project, "components/queues", "ResourceFlavor")
    assert {item.name for item in flavors} == {"flight-delays-on-demand", "flight-delays-spot"}
    pools = {
        b.name: b.object["spec"] for b in manifests.build(project.path, "components/gpu-nodes")
    }
    for item in flavors:
        spec = item.object["spec"]
        fits = [
            node
            for name in ("flight-delays-inference", "flight-delays-training")
            for node in nodes(cloud, pools[name], name)
            if spec["nodeLabels"].items() <= node.items()
        ]
        assert len(fits) == 1, f"{item.name}: {fits}"
        assert "flight-delays-training" in fits[0].values()
        assert ("spot" in item.name) == any(
            "spot" in part for pair in fits[0].items() for part in pair
        )
        training = pools["flight-delays-training"]
        (taint,) = (training.get("nodePoolConfig") or training["template"]["spec"])["taints"]
        (toleration,) = spec["tolerations"]
        assert (toleration["key"], toleration["effect"]) == (taint["key"], taint["effect"])
        assert toleration["operator"] == "Exists"


def test_a_job_asks_for_the_gpu_that_the_queue_counts(with_gpus: Project) -> None:
    (name,) = re.findall(r'^GPU = "(\S+)"', (ENGINE / "queues/job.py").read_text("utf-8"), re.M)
    counted = {flavor for flavor, amounts in quotas(with_gpus).items() if name in amounts}
    assert counted == {"flight-delays-on-demand", "flight-delays-spot"}


def test_only_the_projects_own_pipelines_wait_in_its_queue(queued: Project) -> None:
    queue = one(queued, "components/queues", "LocalQueue")
    cluster_queue = one(queued, "components/queues", "ClusterQueue")
    assert "namespace" not in cluster_queue["metadata"]
    assert queue["spec"]["clusterQueue"] == cluster_queue["metadata"]["name"]
    (namespace,) = cluster_queue["spec"]["namespaceSelector"]["matchLabels"].values()
    assert queue["metadata"]["namespace"] == namespace == "flight-delays-pipelines"


def test_the_engine_knows_the_queue_and_the_priorities(queued: Project) -> None:
    engine = (ENGINE / "queues/__init__.py").read_text("utf-8")
    (known,) = re.findall(r"^PRIORITIES = (\(.*?\))", engine, re.M)
    text = (queued.path / "pyproject.toml").read_text("utf-8")
    assert re.findall(r'^queue = "(\S+)"', text, re.M) == [
        one(queued, "components/queues", "LocalQueue")["metadata"]["name"]
    ]
    classes = {b.name: b.object["value"] for b in built(queued, SHARED, "WorkloadPriorityClass")}
    by_urgency = sorted(classes, key=lambda name: -classes[name])
    assert by_urgency == [f"training-{name}" for name in ast.literal_eval(known)]
    assert len(set(classes.values())) == 4


def test_what_projects_share_is_no_projects_own(queued: Project) -> None:
    (flavor,) = built(queued, SHARED, "ResourceFlavor")
    assert flavor.name in quotas(queued)
    kinds = {item.kind for item in manifests.build(queued.path, "components/queues")}
    assert kinds == {"ClusterQueue", "LocalQueue", "Role", "RoleBinding"}


def test_a_training_after_drift_is_more_urgent_than_one_by_hand(queued: Project) -> None:
    templates = {
        b.name: b.object for b in built(queued, "components/workflows", "WorkflowTemplate")
    }
    train = templates["train"]["spec"]["templates"][0]
    assert {"name": "priority", "value": "by-hand"} in train["inputs"]["parameters"]
    (given,) = [e for e in train["container"]["env"] if e["name"] == "TRAINING_PRIORITY"]
    assert given["value"] == "{{inputs.parameters.priority}}"
    step = templates["loop"]["spec"]["templates"][1]["steps"][0][0]
    assert {"name": "priority", "value": "after-drift"} in step["arguments"]["parameters"]


def test_a_step_may_queue_jobs_and_nothing_more(queued: Project) -> None:
    rules = one(queued, "components/queues", "Role")["rules"]
    assert {resource for rule in rules for resource in rule["resources"]} == {
        "jobs",
        "pods",
        "pods/log",
        "workloads",
    }
    assert not any("*" in rule["verbs"] for rule in rules)


def test_kueue_is_of_one_version_and_holds_back_jobs_alone(queued: Project) -> None:
    deployment = one(queued, KUEUE, "Deployment")
    (container,) = deployment["spec"]["template"]["spec"]["containers"]
    text = (queued.path / f"{KUEUE}/kustomization.yaml").read_text("utf-8")
    (version,) = set(re.findall(r"ref=(v[\d.]+)", text))
    assert container["image"] == f"registry.k8s.io/kueue/kueue:{version}"
    (config,) = [b for b in built(queued, KUEUE, "ConfigMap") if "config" in b.name]
    settings = yaml.safe_load(config.object["data"]["controller_manager_config.yaml"])
    assert settings["integrations"]["frameworks"] == ["batch/job"]
    assert settings["manageJobsWithoutQueueName"] is False
    kinds = {item.kind for item in manifests.build(queued.path, KUEUE)}
    assert not {kind for kind in kinds if kind.endswith("WebhookConfiguration")}


def test_kueue_may_neither_read_secrets_of_others_nor_change_pods(queued: Project) -> None:
    (role,) = [b for b in built(queued, KUEUE, "ClusterRole") if b.name == "kueue-manager-role"]
    rights = {
        (resource, verb)
        for rule in role.object["rules"]
        for resource in rule["resources"]
        for verb in rule["verbs"]
    }
    assert {verb for resource, verb in rights if resource == "pods"} == {"get", "list", "watch"}
    assert not {verb for resource, verb in rights if resource == "secrets"}
    assert ("jobs", "delete") not in rights
