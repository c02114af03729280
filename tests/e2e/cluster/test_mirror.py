"""Remote kustomize bases resolve, whichever supply serves them."""

from pathlib import Path

import pytest

from offline import cluster, machine, mirror
from tests.e2e.kit import workloads

pytestmark = pytest.mark.usefixtures("coming")  # a project arrives meanwhile

BASES = {
    "argo-cd": "https://github.com/argoproj/argo-cd//manifests/core-install?ref=v3.6.1",
    "argo-rollouts": "https://github.com/argoproj/argo-rollouts//manifests/cluster-install?ref=v1.9.1",
    "argo-workflows": (
        "https://github.com/argoproj/argo-workflows//manifests/cluster-install?ref=v3.7.17"
    ),
    "kubeflow-pipelines": (
        "https://github.com/kubeflow/pipelines//manifests/kustomize/env/plain?ref=2.14.3"
    ),
}


@pytest.mark.parametrize("name", BASES)
def test_a_remote_base_is_built(name: str, tmp_path: Path) -> None:
    (tmp_path / "kustomization.yaml").write_text(f"resources:\n  - {BASES[name]}\n")
    variables = mirror.environment() if machine.supply() == "offline" else {}
    manifest = machine.run(cluster.kubectl(), "kustomize", tmp_path, env=variables)
    assert "kind: CustomResourceDefinition" in manifest or "kind: Deployment" in manifest


def test_a_pod_reads_a_mirror_from_the_clusters_git_server(
    made: cluster.Cluster, namespace: str
) -> None:
    if machine.supply() == "ordinary":
        mirrored = "https://github.com/argoproj/argo-rollouts"
    else:
        mirrored = "http://git.git.svc.cluster.local/github.com/argoproj/argo-rollouts.git"
    command = ["git", "ls-remote", mirrored, "v1.9.1"]
    reader = workloads.pod("reader", "", image="localhost/git-server:1", command=command)
    workloads.apply(made, namespace, reader)
    assert "refs/tags/v1.9.1" in workloads.output(made, namespace, "reader")
