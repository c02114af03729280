"""Pools of Karpenter pass a real API server with the real kinds, their rules in CEL included.

Those of Azure and Google are in no registry of packages; tests/kit/cloud_kinds.yaml has their
fields.
"""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from offline import binaries, cluster, machine
from tests.kit import cloud_kinds, manifests
from tests.kit.project import Renderer

MODULE = "github.com/aws/karpenter-provider-aws@v1.15.2"
KINDS = {"EC2NodeClass": "karpenter.k8s.aws_ec2nodeclasses", "NodePool": "karpenter.sh_nodepools"}
ROOM = "components/gpu-nodes"
SPEC = ("spec", "template", "spec")
DEFECTS: list[tuple[str, tuple[str | int, ...], Any, str]] = [
    ("training", (*SPEC, "requirements", 0, "values"), [], "must have a value defined"),
    ("training", (*SPEC, "requirements", 0, "operator"), "Gt", "a single positive integer"),
    ("training", (*SPEC, "requirements", 0, "key"), "karpenter.sh/nodepool", "is restricted"),
    ("training", (*SPEC, "expireAfter"), "90", "spec.template.spec.expireAfter"),
    ("training", (*SPEC, "taints", 0, "effect"), "NoStart", 'Unsupported value: "NoStart"'),
    ("inference", ("spec", "disruption", "budgets", 0, "nodes"), "many", "budgets[0].nodes"),
    ("inference", ("spec", "disruption", "consolidateAfter"), "soon", "consolidateAfter"),
    ("inference", ("spec", "disruption", "rest"), "1h", 'unknown field "spec.disruption.rest"'),
    ("gpu", ("spec", "amiSelectorTerms", 0, "alias"), "bottlerocket", "alias"),
    ("gpu", ("spec", "role"), "", "role"),
    ("gpu", ("spec", "subnetSelectorTerms", 0, "tags"), {"a": ""}, "empty tag keys or values"),
    ("gpu", ("spec", "blockDeviceMappings", 0, "ebs", "volumeSize"), "many", "volumeSize"),
]


@pytest.fixture(scope="module")
def upstream() -> dict[str, dict[str, Any]]:
    """Upstream's definitions by kind."""
    command = ("go", "mod", "download", "-json", MODULE)
    told = machine.run(*command, cwd=Path("/"), env=binaries.ENVIRONMENT)
    directory = Path(json.loads(told)["Dir"]) / "pkg/apis/crds"
    files = {kind: (directory / f"{name}.yaml").read_text("utf-8") for kind, name in KINDS.items()}
    return {kind: yaml.safe_load(text) for kind, text in files.items()}


@pytest.fixture(scope="module")
def api(made: cluster.Cluster, upstream: dict[str, dict[str, Any]]) -> cluster.Cluster:
    """The cluster, which knows the kinds."""
    for definition in upstream.values():
        made.kubectl("apply", "--server-side", "--filename=-", stdin=json.dumps(definition))
        name = f"crd/{definition['metadata']['name']}"
        made.kubectl("wait", "--for=condition=Established", "--timeout=60s", name)
    return made


@pytest.fixture(scope="module", params=["aws", "azure"])
def pools(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    """The objects of a project in that cloud, of the kinds that are known."""
    project = Renderer(tmp_path_factory.mktemp("renders"))({"cloud": request.param})
    built = manifests.build(project.path, ROOM)
    return [item.object for item in built if item.kind in KINDS]


def refusal(made: cluster.Cluster, item: dict[str, Any]) -> str:
    """Return why the API server would not take an object; nothing if it would."""
    dry = ("apply", "--dry-run=server", "--validate=strict", "--filename=-")
    try:
        made.kubectl(*dry, stdin=json.dumps(item))
    except machine.HarnessError as error:
        return str(error)
    return ""


def changed(value: Any, keys: tuple[str | int, ...], new: Any) -> Any:
    """Return a copy of `value` with one thing in it another."""
    copied = json.loads(json.dumps(value))
    place = copied
    for key in keys[:-1]:
        place = place[key]
    place[keys[-1]] = new
    return copied


def test_every_pool_is_taken(api: cluster.Cluster, pools: list[Any]) -> None:
    assert len(pools) >= 2
    assert [refusal(api, item) for item in pools] == [""] * len(pools)


@pytest.mark.parametrize("pools", ["aws"], indirect=True)
@pytest.mark.parametrize(("name", "keys", "new", "expected"), DEFECTS)
def test_a_planted_mistake_is_refused_with_its_reason(
    name: str,
    keys: tuple[str | int, ...],
    new: Any,
    expected: str,
    api: cluster.Cluster,
    pools: list[Any],
) -> None:
    (item,) = (item for item in pools if item["metadata"]["name"].endswith(f"-{name}"))
    assert expected in refusal(api, changed(item, keys, new))


def test_what_is_written_down_of_a_kind_is_what_upstream_says(
    upstream: dict[str, dict[str, Any]],
) -> None:
    known = {crd["spec"]["names"]["kind"]: crd for crd in cloud_kinds.crds()}
    for kind, definition in upstream.items():
        assert list(cloud_kinds.disagreements(known[kind], definition)) == []
