"""Which cluster is meant: its kubeconfig, its context, and the address where it is."""

from pathlib import Path
from typing import NamedTuple

import pytest

from slipway.clusters import commands, target
from slipway.errors import ProjectError
from tests.engine.clusters.kit import add_cluster, change

HERE = "https://127.0.0.1:40001"
KIND = '#!/bin/sh\n[ "$4" = late-parcels ] || { echo "no nodes for \\"$4\\"" >&2; exit 1; }\n'


class Kind(NamedTuple):
    """A kind that knows the project's cluster, and the kubeconfig that this project keeps of it."""

    program: Path
    kept: Path

    def runs_at(self, address: str) -> None:
        self.program.write_text(f"{KIND}cat <<'END'\n{config(address)}\nEND\n")


def config(address: str, context: str = "kind-late-parcels") -> str:
    return (
        f"clusters: [{{name: a, cluster: {{server: '{address}'}}}}]\n"
        f"contexts: [{{name: {context}, context: {{cluster: a}}}}]\n"
    )


@pytest.fixture
def kind(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Kind:
    program = tmp_path / "bin" / "kind"
    program.parent.mkdir()
    made = Kind(program, project / "var" / "kind-late-parcels.kubeconfig")
    made.runs_at(HERE)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent), prepend=":")
    monkeypatch.delenv("CLUSTER", raising=False)
    monkeypatch.delenv("CLUSTER_KUBECONFIG", raising=False)
    made.kept.parent.mkdir()
    made.kept.write_text(config(HERE))
    return made


def refusal(meant: target.Target) -> str:
    with pytest.raises(ProjectError) as error:
        meant.verify()
    return str(error.value)


def test_until_a_cluster_is_chosen_it_is_the_local_one_of_the_project(
    kind: Kind, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands, "_chosen", [])
    words = ["kubectl", "--kubeconfig", str(kind.kept), "--context", "kind-late-parcels"]
    assert commands.target().kubectl == words


def test_another_cluster_is_the_context_of_its_values_in_the_users_kubeconfig(
    kind: Kind, project: Path
) -> None:
    change(add_cluster(project, "production"), "context: production", "context: europe")
    assert target.named("production").kubectl == ["kubectl", "--context", "europe"]


def test_a_cluster_without_a_directory_is_refused(project: Path) -> None:
    add_cluster(project, "production")
    with pytest.raises(ProjectError, match=r"There is no cluster 'europe': .* has production;"):
        target.named("europe")


def test_variables_name_another_local_cluster_and_its_kubeconfig(
    kind: Kind, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = kind.kept.with_name("other")
    other.touch()
    monkeypatch.setenv("CLUSTER", "shared")
    monkeypatch.setenv("CLUSTER_KUBECONFIG", str(other))
    words = ["kubectl", "--kubeconfig", str(other), "--context", "kind-shared"]
    assert target.named("kind").kubectl == words


def test_the_cluster_that_was_asked_for_is_accepted(kind: Kind, project: Path) -> None:
    add_cluster(project, "production")
    target.named("kind").verify()
    target.named("production").verify()


def test_a_kubeconfig_of_another_address_is_refused(kind: Kind) -> None:
    kind.runs_at("https://127.0.0.1:40002")
    said = refusal(target.named("kind"))
    assert said == (
        f"{kind.kept} leads to {HERE}, and the cluster late-parcels is at "
        "https://127.0.0.1:40002: run `make up`, which writes it anew."
    )


@pytest.mark.parametrize("text", ["", "clusters: []\n", config(HERE, "kind-another")])
def test_a_kubeconfig_without_the_context_is_refused(text: str, kind: Kind) -> None:
    kind.kept.write_text(text)
    assert f"{kind.kept} leads to no cluster, and " in refusal(target.named("kind"))


def test_a_missing_kubeconfig_is_one_sentence(kind: Kind) -> None:
    kind.kept.unlink()
    said = refusal(target.named("kind"))
    assert said == f"{kind.kept} is missing: run `make up` first, which writes it."


def test_a_cluster_that_kind_does_not_know_is_one_sentence(kind: Kind) -> None:
    said = refusal(target.local("gone"))
    assert said == 'There is no cluster gone, run `make up` first: no nodes for "gone"'
