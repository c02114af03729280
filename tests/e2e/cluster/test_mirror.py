"""Remote kustomize bases resolve, whichever supply serves them."""

from pathlib import Path

import pytest

from offline import cluster, machine, mirror
from tests.e2e.kit import workloads

pytestmark = pytest.mark.usefixtures("coming")  # a project arrives meanwhile

FOLDERS = {
    "argo-cd": "manifests/core-install",
    "argo-rollouts": "manifests/cluster-install",
    "argo-workflows": "manifests/cluster-install",
    "keda": "config/minimal",
    "kube-state-metrics": "examples/standard",
    "kueue": "config/default",
    "kubeflow-pipelines": "manifests/kustomize/env/plain",
}
TABLE = {row["module"]: (repository, row["tags"][0]) for repository, row in mirror.table().items()}


@pytest.mark.parametrize("name", TABLE)
def test_a_remote_base_is_built(name: str, tmp_path: Path) -> None:
    repository, tag = TABLE[name]
    base = f"https://github.com/{repository}//{FOLDERS[name]}?ref={tag}"
    (tmp_path / "kustomization.yaml").write_text(f"resources:\n  - {base}\n")
    variables = mirror.environment() if machine.supply() == "offline" else {}
    manifest = machine.run(cluster.kubectl(), "kustomize", tmp_path, env=variables)
    assert "kind: CustomResourceDefinition" in manifest or "kind: Deployment" in manifest


def test_a_pod_reads_a_mirror_from_the_clusters_git_server(
    made: cluster.Cluster, namespace: str
) -> None:
    repository, tag = TABLE["argo-rollouts"]
    if machine.supply() == "ordinary":
        mirrored = f"https://github.com/{repository}"
    else:
        mirrored = f"http://git.git.svc.cluster.local/github.com/{repository}.git"
    command = ["git", "ls-remote", mirrored, tag]
    reader = workloads.pod("reader", "", image="localhost/git-server:1", command=command)
    workloads.apply(made, namespace, reader)
    assert f"refs/tags/{tag}" in workloads.output(made, namespace, "reader")
