"""What the values of a cluster say about nodes with GPUs: right, or one sentence with its line."""

from pathlib import Path

import pytest

from slipway.clusters import build, needs, readiness, values
from slipway.errors import ProjectError
from tests.engine.clusters.kit import add_cluster, add_gpu_nodes, change

CLOUDS = ["aws", "azure", "gcp"]
VALUES = "clusters/production/values.yaml"
ROOM = "components/gpu-nodes"
FAULTS = [
    ("aws", "families: [g5, g6]", "families: []", "write at least one family, and each once"),
    ("aws", "families: [g5, g6]", 'families: [""]', "write a family of EC2"),
    ("aws", "families: [g5, g6]", "families: [g5, g5]", "write at least one family, and each once"),
    ("aws", "families: [g5, g6]", "families: [m7i]", "'m7i' is not right; write a family of EC2"),
    ("aws", "families: [g5, g6]", "families: g5", "this must be a list"),
    ("aws", "gpus-maximum: 4", "gpus-maximum: 0", "0 is not right; write a whole number of GPUs"),
    ("aws", "gpus-maximum: 4", "gpus-maximum: 1.5", "1.5 is not right; write a whole number"),
    ("aws", "gpus-maximum: 4", "gpus-maximum: -1", "-1 is not right; write a whole number"),
    ("aws", "gpus-maximum: 4", "gpus-maximum: true", "True is not right; write a whole number"),
    ("aws", "gpus-maximum: 4", 'gpus-maximum: "4"', "'4' is not right; write a whole number"),
    ("aws", "    zones: [us-east-1a, us-east-1b]", "    zones: []", "at least one zone"),
    ("aws", "bottlerocket@v1.50.0", "bottlerocket", "write bottlerocket@ and a version"),
    ("aws", "    role: late-parcels-node", '    role: ""', "write a text that is not empty"),
    ("aws", "    role: late-parcels-node", "    rule: a", "nothing reads this key"),
    ("aws", "  aws:", "  mars:", "nothing reads this key"),
    ("azure", "[Standard_NC4as_T4_v3]", "[Standard_D4s_v5]", "a size of Azure's N series"),
    ("azure", "gpus-maximum: 2", "gpus-maximum: 0", "write a whole number of GPUs, 1 or more"),
    ("gcp", "{family: g2, gpu: nvidia-l4, gpus: 1} #", "{gpu: nvidia-l4, gpus: 1} #", "missing"),
    ("gcp", "training: {family: g2, gpu: nvidia-l4", "training: {family: g2, gpu: l4", "nvidia-l4"),
    ("gcp", "training: {family: g2", "training: {family: g2-standard-8", "such as g2"),
]


@pytest.fixture(params=CLOUDS)
def cloud(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def refusal() -> str:
    with pytest.raises(ProjectError) as error:
        values.load("production")
    return str(error.value)


def test_the_values_of_the_template_are_right(project: Path, cloud: str) -> None:
    add_gpu_nodes(project, cloud)
    add_cluster(project, "production", cloud)
    read = values.load("production").gpu_nodes
    assert read
    assert [name for name in CLOUDS if getattr(read, name)] == [cloud]
    assert ROOM in build.applied("production")


def test_kind_has_no_such_nodes(project: Path, cloud: str) -> None:
    add_gpu_nodes(project, cloud)
    add_cluster(project, "kind", cloud)
    assert values.load("kind").gpu_nodes is None
    assert ROOM not in build.applied("kind")
    assert not [need for need in needs.needed("kind").cluster if "Karpenter" in need.what]


@pytest.mark.parametrize(("name", "old", "new", "reason"), FAULTS)
def test_a_fault_is_one_sentence_with_file_and_line(
    project: Path, name: str, old: str, new: str, reason: str
) -> None:
    add_gpu_nodes(project, name)
    file = add_cluster(project, "production", name)
    change(file, old, new)
    (said,) = [line for line in refusal().splitlines() if reason in line]
    place, _, number = said.partition(": ")[0].rpartition(":")
    assert place == VALUES
    near = file.read_text("utf-8").splitlines()[max(int(number) - 2, 0) : int(number) + 1]
    assert any(new.strip().split(" #")[0] in line for line in near), f"{number} is far away"


def test_two_clouds_are_refused(project: Path) -> None:
    file = add_cluster(project, "production", "aws")
    pool = "{family: g2, gpu: nvidia-l4, gpus: 1}"
    lines = f"  gcp: {{zones: [a], training: {pool}, inference: {pool}}}\n"
    change(file, "gpu-nodes: ", f"gpu-nodes:\n{lines}  # ")
    assert "gpu-nodes: write one cloud below it: aws, azure or gcp." in refusal()


@pytest.mark.parametrize(("other", "place"), [("none", "gpu-nodes"), ("gcp", "gpu-nodes.aws")])
def test_values_without_the_cloud_of_the_component_are_one_sentence(
    project: Path, other: str, place: str
) -> None:
    add_gpu_nodes(project, "aws")
    add_cluster(project, "production", other)
    (said,) = refusal().splitlines()
    assert said.startswith(f"{VALUES}:")
    assert said.endswith(f"{place}: {ROOM} reads it; add it, or exclude {ROOM}/kustomization.yaml.")


def test_a_component_that_is_excluded_needs_no_values(project: Path) -> None:
    add_gpu_nodes(project, "aws")
    file = add_cluster(project, "production")
    entry = f"  - path: {ROOM}/kustomization.yaml\n    exclude: true\n"
    file.write_text(file.read_text("utf-8") + entry, "utf-8")
    assert values.load("production").gpu_nodes is None


def test_a_damaged_list_of_what_a_component_copies_is_one_sentence(project: Path) -> None:
    add_gpu_nodes(project, "aws")
    add_cluster(project, "production", "aws")
    (project / ROOM / "cluster-values.yaml").write_text("- source: 1\n")
    assert refusal() == f"{ROOM}/cluster-values.yaml is damaged: restore it from Git."


def test_what_nodes_need_is_told_with_the_values_filled_in(project: Path) -> None:
    add_gpu_nodes(project, "aws")
    add_cluster(project, "production", "aws")
    told = {need.what: need.do for need in needs.needed("production").cluster}
    filled = needs.fill(told["what the nodes are made of"], readiness.filling("production"))
    assert "make the role late-parcels-node" in filled
    assert "karpenter.sh/discovery=late-parcels;" in filled
