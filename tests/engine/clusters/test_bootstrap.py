"""What a cluster has once: all of it, but for what somebody else keeps there already."""

from pathlib import Path

import pytest
import yaml

from slipway import cli
from slipway.clusters import bootstrap, build, deliver, values
from slipway.errors import ProjectError
from tests.engine.clusters.kit import add_cluster, write
from tests.engine.clusters.programs import install

PROGRAMS = ["argo-cd", "keda", "kueue"]
THEIRS = "  - path: gitops/bootstrap/{}/kustomization.yaml\n    exclude: true\n"
# Prints the directory that it builds, and what gitops/bootstrap of the same copy consists of.
KUSTOMIZE = """
cd "$2" || exit 1
case "$2" in
  */clusters/*) echo "# of its own"; cat ../../../gitops/bootstrap/kustomization.yaml ;;
  *) echo "# gitops/bootstrap${2##*/gitops/bootstrap}"; cat kustomization.yaml ;;
esac
"""
KUBECTL = """
echo "$*" >>"$CALLS"
case "$*" in *--filename=-*) cat >>"$CALLS" ;; esac
"""


@pytest.fixture
def calls(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return what kubectl was given, in a project that shares three programs and the queues."""
    install(tmp_path / "bin", "kustomize", KUSTOMIZE, monkeypatch)
    install(tmp_path / "bin", "kubectl", KUBECTL, monkeypatch)
    monkeypatch.setenv("CALLS", str(tmp_path / "calls"))
    for name in [*PROGRAMS, "shared-queues"]:
        write(project / f"gitops/bootstrap/{name}/kustomization.yaml", "resources: []\n")
    whole = yaml.safe_dump({"resources": PROGRAMS})
    write(project / "gitops/bootstrap/kustomization.yaml", whole)
    add_cluster(project, "production")
    return tmp_path / "calls"


def leave_out(project: Path, name: str, cluster: str = "production") -> None:
    """Say in the values of a cluster that somebody else keeps a program there."""
    path = project / f"clusters/{cluster}/values.yaml"
    path.write_text(path.read_text("utf-8") + THEIRS.format(name), "utf-8")


def programs(cluster: str = "production") -> list[str]:
    """Return the programs that a cluster is given."""
    names: list[str] = yaml.safe_load(build.bootstrap(cluster))["resources"]
    return names


@pytest.mark.usefixtures("calls")
@pytest.mark.parametrize("name", PROGRAMS)
def test_what_somebody_else_keeps_in_the_cluster_is_not_brought(name: str, project: Path) -> None:
    assert programs() == PROGRAMS
    leave_out(project, name)
    assert programs() == [other for other in PROGRAMS if other != name]
    assert yaml.safe_load((project / "gitops/bootstrap/kustomization.yaml").read_text()) == {
        "resources": PROGRAMS
    }


@pytest.mark.usefixtures("calls")
def test_the_local_cluster_is_built_with_its_own_patches(project: Path) -> None:
    add_cluster(project, "kind")
    write(project / "clusters/kind/bootstrap/kustomization.yaml", "resources: []\n")
    leave_out(project, "kueue", "kind")
    assert build.bootstrap("kind").startswith("# of its own\n")
    assert programs("kind") == ["argo-cd", "keda"]


def test_one_command_applies_it_and_what_queues_share_after_it(
    calls: Path, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    leave_out(project, "keda")
    assert cli.main(["bootstrap", "production"]) == 0
    given = calls.read_text("utf-8")
    assert "- keda" not in given
    first, wait, shared = (
        given.index(words) for words in ("- argo-cd", "wait crd/", "# gitops/bootstrap/shared")
    )
    assert first < wait < shared
    assert all("--context" in line for line in given.splitlines() if "--field" in line)
    assert capsys.readouterr().out.splitlines()[0] == (
        "left out  gitops/bootstrap/keda, as clusters/production/values.yaml says"
    )


def test_what_queues_share_is_brought_beside_the_kueue_of_somebody_else(
    calls: Path, project: Path
) -> None:
    leave_out(project, "kueue")
    bootstrap.main("production")
    assert "# gitops/bootstrap/shared-queues" in calls.read_text("utf-8")


def test_wrong_values_bring_nothing(calls: Path, project: Path) -> None:
    leave_out(project, "keeda")
    with pytest.raises(ProjectError) as error:
        bootstrap.main("production")
    assert "there is no such file" in str(error.value)
    assert not calls.exists()


@pytest.mark.usefixtures("calls")
def test_the_local_cluster_is_prepared_anew_when_more_or_less_is_left_out(project: Path) -> None:
    add_cluster(project, "kind")
    before = deliver._fingerprint()
    leave_out(project, "keda", "kind")
    assert values.left_out(values.load("kind")) == ["gitops/bootstrap/keda"]
    assert deliver._fingerprint() != before
