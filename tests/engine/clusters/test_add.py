"""One more cluster, one more environment: every edit is made, comments stay, all or nothing."""

import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from slipway import files, release, rules
from slipway.clusters import add, edit, values
from slipway.errors import ProjectError
from slipway.project import project as current
from slipway.registry import Version
from slipway.release import record
from tests.engine.clusters.kit import NAME, add_cluster, change, text_of, write
from tests.engine.kit import forget

KINDS = "gitops/appproject-environments.yaml"
ENVIRONMENT = (
    "env.yaml.jinja",
    "kustomization.yaml.jinja",
    "namespace.yaml.jinja",
    "settings.yaml",
)
RELEASED = """# What this environment runs; written by make promote and make rollback.
data:
  model-name: late-parcels
  model-version: "3"
  pipeline-digest: abc
  pipeline-image: registry.example.com/late-parcels/pipeline:0123
  serve-image: registry.example.com/late-parcels/serve@sha256:4567
"""


@pytest.fixture
def whole(project: Path) -> Path:
    """Return a project with two clusters, whose first environment has released something."""
    for cluster in ("kind", "production"):
        add_cluster(project, cluster)
    write(project / KINDS, text_of(f"{KINDS}.jinja"))
    for file in ENVIRONMENT:
        name = file.removesuffix(".jinja")
        write(project / "environments/dev" / name, text_of(f"environments/dev/{file}"))
    write(project / "environments/dev/release.yaml", RELEASED)
    return project


def contents(project: Path) -> dict[str, bytes]:
    paths = [path for path in project.rglob("*") if path.is_file()]
    return {path.relative_to(project).as_posix(): path.read_bytes() for path in paths}


def loaded(path: Path) -> object:
    return yaml.safe_load(path.read_text("utf-8"))


def test_a_new_cluster_has_its_own_name_and_the_comments_of_the_pattern(whole: Path) -> None:
    add.cluster("europe")
    made, pattern = (whole / values.location(name) for name in ("europe", "production"))
    assert values.load("europe").context == "europe"
    assert made.read_text("utf-8").replace("europe", "production") == pattern.read_text("utf-8")
    assert (whole / "clusters/europe/kustomization.yaml").is_file()


@pytest.mark.parametrize("name", ["kind", "production"])
def test_a_name_of_a_cluster_that_is_taken_is_refused(whole: Path, name: str) -> None:
    before = contents(whole)
    with pytest.raises(ProjectError, match=f"The cluster {name} is there already"):
        add.cluster(name)
    assert contents(whole) == before


def test_what_means_this_machine_is_no_cluster(whole: Path) -> None:
    with pytest.raises(ProjectError, match="local means this machine"):
        add.cluster("local")


@pytest.mark.parametrize("name", ["gitops", "mlflow", "true"])
def test_a_name_that_something_else_has_is_no_environment(whole: Path, name: str) -> None:
    (whole / "components" / "mlflow").mkdir(parents=True, exist_ok=True)
    before = contents(whole)
    with pytest.raises(ProjectError, match="choose another name"):
        add.environment(name, "dev")
    assert contents(whole) == before


@pytest.mark.parametrize("name", ["", "Europe", "../up", "a b", "-a", "a" * 52, "é", "a\n"])
def test_what_is_no_name_is_refused(whole: Path, name: str) -> None:
    before = contents(whole)
    with pytest.raises(ProjectError, match="is no name of cluster: write lower-case letters"):
        add.cluster(name)
    with pytest.raises(ProjectError, match="is no name of environment: write lower-case letters"):
        add.environment(name, "dev")
    assert contents(whole) == before


def test_a_new_environment_comes_after_the_one_that_was_named_everywhere(whole: Path) -> None:
    add.environment("qa", "dev")
    forget()
    order = ["dev", "qa", "staging", "prod"]
    assert list(current().environments) == order
    spaces = [f"{NAME}-{name}" for name in order]
    for cluster in ("kind", "production"):
        assert [item.namespace for item in values.load(cluster).environments] == spaces
    allowed = yaml.safe_load((whole / KINDS).read_text("utf-8"))["spec"]["clusterResourceWhitelist"]
    assert [item["name"] for item in allowed] == spaces


def test_a_new_environment_has_released_nothing_and_knows_its_name(whole: Path) -> None:
    add.environment("qa", "dev")
    forget()
    assert record.released("qa") is None
    room = whole / "environments/qa"
    assert loaded(room / "release.yaml")["data"] == {  # type: ignore[index]
        "pipeline-digest": "",
        "pipeline-image": "registry.example.com/late-parcels/pipeline:unreleased",
        "serve-image": "registry.example.com/late-parcels/serve:unreleased",
    }
    metadata = loaded(room / "namespace.yaml")["metadata"]  # type: ignore[index]
    assert metadata["name"] == f"{NAME}-qa"
    assert metadata["labels"][f"{NAME}/environment"] == "qa"
    assert loaded(room / "kustomization.yaml")["namespace"] == f"{NAME}-qa"  # type: ignore[index]
    dev = (whole / "environments/dev/settings.yaml").read_text("utf-8")
    assert (room / "settings.yaml").read_text("utf-8") == dev


def test_what_was_there_is_still_there_line_by_line(whole: Path) -> None:
    before = contents(whole)
    add.environment("qa", "dev")
    after = contents(whole)
    lost = {
        line
        for file, content in before.items()
        for line in content.splitlines()
        if line not in after[file].splitlines()
    }
    assert lost == {b'environments = ["dev", "staging", "prod"]'}


def test_what_is_generated_knows_the_new_environment(whole: Path) -> None:
    for file in rules.FILES:
        write(whole / file, "")
    add.environment("qa", "dev")
    assert rules.stale() == []
    assert f"serving-pods.{NAME}-qa" in (whole / rules.SCRAPE).read_text("utf-8")


def test_a_model_goes_through_the_new_environment(
    repository: Path, passed: Callable[[int], Version], git: Callable[..., str]
) -> None:
    add.environment("qa", "dev")
    git("add", "--all")
    git("commit", "--quiet", "--message", "feat: qa")
    forget()
    passed(2)
    for name in current().environments:
        release.promote(name)
    released = {name: release.released(name) for name in current().environments}
    assert {name: entry.promoted_from for name, entry in released.items() if entry} == {
        "dev": "",
        "qa": "dev",
        "staging": "qa",
        "prod": "staging",
    }


@pytest.mark.parametrize("name", ["dev", "prod"])
def test_an_environment_that_is_there_is_refused(whole: Path, name: str) -> None:
    with pytest.raises(ProjectError, match=f"The environment {name} is there already"):
        add.environment(name, "dev")


def test_nothing_comes_after_the_environment_of_the_champion(whole: Path) -> None:
    with pytest.raises(ProjectError, match="its model is the champion: nothing comes after it"):
        add.environment("qa", "prod")


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        (KINDS, "      name: late-parcels-dev\n", "", "no entry of the list names"),
        ("clusters/kind/values.yaml", "  name: kind", "\tname: kind", "this is no YAML"),
        ("environments/dev/env.yaml", "\ndata:", "\ndata: [", "this is no YAML"),
    ],
)
def test_a_file_that_cannot_be_changed_leaves_all_others(
    whole: Path, file: str, old: str, new: str, said: str
) -> None:
    change(whole / file, old, new)
    before = contents(whole)
    with pytest.raises(ProjectError, match=said):
        add.environment("qa", "dev")
    assert contents(whole) == before


def test_a_disk_that_is_full_half_way_leaves_everything_as_it_was(
    whole: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, written = contents(whole), []
    honest = files.write_bytes

    def full(path: Path, content: bytes) -> None:
        written.append(path)
        if len(written) == 6:
            raise ProjectError("The disk is full.")
        honest(path, content)

    monkeypatch.setattr(add, "write_bytes", full)
    with pytest.raises(ProjectError, match="full"):
        add.environment("qa", "dev")
    assert contents(whole) == before
    assert not (whole / "environments/qa").exists()


@pytest.mark.parametrize(
    "listed",
    [
        '["dev", "staging", "prod"] # in this order',
        "['dev', 'staging', 'prod']",
        '[\n    "dev", # first\n    "staging",\n    "prod",\n]',
    ],
)
def test_the_list_of_environments_is_changed_however_it_is_written(listed: str) -> None:
    text = f'[other]\nenvironments = ["dev"]\n\n[tool.slipway]\nenvironments = {listed}\n'
    changed = tomllib.loads(edit.add_environment(text, "dev", "qa"))
    assert changed["tool"]["slipway"]["environments"] == ["dev", "qa", "staging", "prod"]
    assert changed["other"]["environments"] == ["dev"]


def test_a_list_that_cannot_be_read_line_by_line_is_left_to_its_owner() -> None:
    with pytest.raises(ProjectError, match="add 'qa' to environments under"):
        edit.add_environment('tool.slipway.environments = ["dev", "prod"]\n', "dev", "qa")
    with pytest.raises(ProjectError, match="its entries are not written one a line"):
        edit.repeat("a: [{b: one}, {b: two}]\n", ("a",), "one", "three", "file.yaml")
