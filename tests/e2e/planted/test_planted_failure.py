"""A test that fails on purpose: test_failures.py runs it and looks for what it left behind."""

from offline import cluster
from tests.e2e.kit import workloads


def test_that_fails(made: cluster.Cluster, namespace: str) -> None:
    script = "echo the sentinel of the planted failure"
    workloads.apply(made, namespace, workloads.pod("planted", script))
    workloads.output(made, namespace, "planted")
    raise AssertionError("planted failure")
