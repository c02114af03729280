"""Pods that serve reach the collector of traces that the values of their cluster name."""

from pathlib import Path

import pytest

from tests.kit import manifests
from tests.kit.project import Project

ANYWHERE = {"cidr": "0.0.0.0/0", "except": ["169.254.169.254/32"]}


def let_out(project: Path, cluster: str) -> list[int]:
    """Return the ports to which pods of dev are let out wherever they are."""
    (policy,) = (
        built.object
        for built in manifests.build(project, "environments/dev", cluster)
        if (built.kind, built.name) == ("NetworkPolicy", "serving")
    )
    (rule,) = (rule for rule in policy["spec"]["egress"] if rule["to"] == [{"ipBlock": ANYWHERE}])
    return [entry["port"] for entry in rule["ports"]]


@pytest.mark.parametrize(("cluster", "store"), [("kind", 9000), ("production", 443)])
def test_pods_are_let_out_to_the_ports_of_the_store_and_of_the_collector(
    cluster: str, store: int, standard: Project, tmp_path: Path
) -> None:
    assert let_out(standard.path, cluster) == [store, 4318]
    project = standard.copy(tmp_path / "project").path
    values = project / "clusters" / cluster / "values.yaml"
    text = values.read_text("utf-8")
    changed = text.replace('otlp-port: "4318"', 'otlp-port: "14318"')
    assert changed != text
    values.write_text(changed, "utf-8")
    assert let_out(project, cluster) == [store, 14318]
