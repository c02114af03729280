"""One more environment, by the project's own command: it is built, allowed and generated for."""

import os
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml

from tests.kit import manifests
from tests.kit.project import Project
from tests.kit.venv import link_venv
from tests.kit.versions import commit, git

ORDER = ["dev", "qa", "staging", "prod"]


def make(project: Path, *words: str) -> None:
    """Run a command of the project, which finds kustomize and upstream's manifests."""
    program, found = manifests.kustomize()
    path = f"{Path(program).parent}{os.pathsep}{os.environ['PATH']}"
    command = ["make", "--no-print-directory", *words]
    subprocess.run(command, cwd=project, env=os.environ | found | {"PATH": path}, check=True)


@pytest.fixture(scope="module")
def extended(standard: Project, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a standard project with the environment qa after dev."""
    path = standard.copy(tmp_path_factory.mktemp("extended") / "project").path
    link_venv(path)
    commit(path, "chore: start from the template")
    make(path, "environment", "NAME=qa", "AFTER=dev")
    return path


def named(built: list[manifests.Built], kind: str, suffix: str) -> manifests.Object:
    """Return the object of a kind whose name ends so."""
    (found,) = [b.object for b in built if b.kind == kind and b.name.endswith(suffix)]
    return found


def test_a_project_with_one_more_environment_has_it_in_its_order(extended: Path) -> None:
    table = tomllib.loads((extended / "pyproject.toml").read_text("utf-8"))["tool"]["slipway"]
    assert table["environments"] == ORDER


@pytest.mark.parametrize("cluster", ["kind", "production"])
def test_argo_cd_gets_the_new_environment_and_may_write_it(extended: Path, cluster: str) -> None:
    built = manifests.build(extended, "gitops", cluster)
    prefix = named(built, "Application", "-gitops")["metadata"]["name"].removesuffix("-gitops")
    spaces = [f"{prefix}-{name}" for name in ORDER]
    generators = named(built, "ApplicationSet", "-environments")["spec"]["generators"]
    elements = generators[0]["matrix"]["generators"][0]["list"]["elements"]
    project = named(built, "AppProject", prefix)["spec"]
    assert [element["namespace"] for element in elements] == spaces
    assert [place["namespace"] for place in project["destinations"]] == spaces
    assert [kind["name"] for kind in project["clusterResourceWhitelist"]] == spaces


def test_the_new_environment_holds_what_the_one_before_holds(extended: Path) -> None:
    kinds = [
        sorted((b.kind, b.name.replace("-qa", "-dev")) for b in manifests.build(extended, room))
        for room in ("environments/dev", "environments/qa")
    ]
    assert kinds[0] == kinds[1]
    assert len(kinds[0]) > 10


def test_nothing_but_the_places_of_environments_is_changed(extended: Path) -> None:
    changed = git(extended, "status", "--porcelain", "--untracked-files=all").split("\n")
    assert {line.split()[-1] for line in changed} == {
        "clusters/kind/values.yaml",
        "clusters/production/values.yaml",
        "components/monitoring/scrape-pods.yaml",
        "components/monitoring/scrape-serving.yaml",
        *(f"environments/qa/{path.name}" for path in (extended / "environments/dev").iterdir()),
        "gitops/appproject-environments.yaml",
        "pyproject.toml",
    }


def test_the_engine_builds_what_argo_cd_builds(extended: Path) -> None:
    make(extended, "manifests", "WHERE=production")
    for name in ORDER:
        room = f"environments/{name}"
        text = (extended / f"build/manifests/production/{room}.yaml").read_text("utf-8")
        objects = [b.object for b in manifests.build(extended, room, "production")]
        assert [item for item in yaml.safe_load_all(text) if item] == objects
    gitops = (extended / "build/manifests/production/gitops.yaml").read_text("utf-8")
    built = [b.object for b in manifests.build(extended, "gitops", "production")]
    assert list(yaml.safe_load_all(gitops)) == built
