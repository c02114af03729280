"""What files still say beside the values of a cluster, or in them, is told with its place."""

import re
from pathlib import Path

import pytest

from slipway.clusters import stale
from tests.engine.clusters.kit import add_cluster, change, write

REGISTRY = "registry.example.com/parcels/late-parcels"


@pytest.fixture
def file(project: Path) -> Path:
    return add_cluster(project, "production")


def told(cluster: str = "production") -> dict[str, str]:
    return dict(stale.places(cluster))


def test_what_is_still_an_example_is_told_with_its_line(file: Path) -> None:
    line = file.read_text("utf-8").splitlines().index("  address: s3.example.com:443") + 1
    place = f"clusters/production/values.yaml:{line} object-store.address"
    assert told()[place] == "s3.example.com:443 is an example; change it"
    change(file, "s3.example.com:443", "s3.eu-central-1.amazonaws.com:443")
    assert place not in told()


@pytest.mark.parametrize(
    ("old", "new"),
    [("s3.example.com:443", "s3.local-storage:9000"), (REGISTRY, "localhost/late-parcels")],
)
def test_what_only_kind_can_have_is_told(file: Path, old: str, new: str) -> None:
    change(file, old, new)
    assert f"{new} is in kind alone; change it" in told().values()


def test_what_the_local_cluster_has_is_no_example(project: Path) -> None:
    add_cluster(project, "kind")
    assert told("kind") == {}


def test_an_image_of_another_registry_is_told(file: Path, project: Path) -> None:
    text = "data:\n  serve-image: elsewhere.internal/late-parcels/serve:unreleased\n"
    write(project / "environments/dev/release.yaml", text)
    (do,) = (do for place, do in told().items() if place.startswith("environments/dev/"))
    assert do.startswith("elsewhere.internal/late-parcels/serve:unreleased is not in registry.")


def test_a_registry_that_pyproject_does_not_know_is_told(file: Path) -> None:
    change(file, REGISTRY, "registry.internal/late-parcels")
    assert "is not registry.internal/late-parcels" in told()["pyproject.toml images"]


@pytest.mark.parametrize("cluster", ["kind", "production"])
def test_git_by_ssh_is_told_where_workflows_run(cluster: str, project: Path) -> None:
    file = add_cluster(project, cluster)
    (url,) = re.findall(r"  url: (\S+git)$", file.read_text("utf-8"), re.M)
    change(file, url, "ssh://git@git.internal/late-parcels.git")
    by_ssh = "workflows log in by HTTPS alone; write the https:// address of ssh://git@git.internal"
    assert not [do for do in told(cluster).values() if do.startswith(by_ssh)]
    write(project / "components/workflows/kustomization.yaml", "kind: Kustomization\n")
    (place,) = [place for place, do in told(cluster).items() if do.startswith(by_ssh)]
    line = (
        file.read_text("utf-8").splitlines().index("  url: ssh://git@git.internal/late-parcels.git")
    )
    assert place == f"clusters/{cluster}/values.yaml:{line + 1} git.url"


def test_a_key_of_an_environment_that_nothing_reads_is_told(file: Path, project: Path) -> None:
    text = "data:\n  cluster: https://far\n  replicas-maximum: '2'\n"
    write(project / "environments/prod/env.yaml", text)
    assert told()["environments/prod/env.yaml:2 cluster"].startswith("nothing reads it any more")


def test_a_figure_that_keda_reads_and_that_is_missing_is_told(file: Path, project: Path) -> None:
    text = "data:\n  replicas-maximum: '2'\n  replicas-minimum: '1'\n"
    write(project / "environments/prod/env.yaml", text)
    place = "environments/prod/env.yaml requests-per-second"
    assert place not in told()
    write(project / "components/keda/needs.yaml", "cluster: []\n")
    assert told()[place].startswith("KEDA reads it")


@pytest.mark.parametrize("number", ["0", "-1", "many", "1.5"])
def test_no_pod_at_all_is_told_where_keda_would_allow_it(
    number: str, file: Path, project: Path
) -> None:
    write(project / "components/keda/needs.yaml", "cluster: []\n")
    figures = "requests-active: '9', requests-per-second: '9', scale-down-seconds: '9'"
    bounds = f"replicas-maximum: '2', replicas-minimum: '{number}'"
    text = f"data: {{{figures}, {bounds}}}\n"
    write(project / "environments/prod/env.yaml", text)
    place = "environments/prod/env.yaml:1 replicas-minimum"
    assert told()[place] == f"{number} is no number from 1 up; write one in quotes"
    write(project / "environments/prod/env.yaml", text.replace(f"'{number}'", "'1'"))
    assert place not in told()
