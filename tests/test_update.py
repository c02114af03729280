"""An update brings what is new and takes nothing that is a user's."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from hooks.template import ANSWERS_FILE, files, load_yaml, ownership
from tests.kit.project import Project, Renderer
from tests.kit.versions import commit, export, git, previous, release, start, update

Count = Callable[[str, int, int], None]


@pytest.fixture(scope="module")
def template(render: Renderer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A template repository: v1 is the previous version, v2 is the working tree."""
    repository = tmp_path_factory.mktemp("template") / "slipway"
    repository.mkdir()
    export(previous(), repository)
    release(repository, "v1.0.0")
    for part in repository.iterdir():
        if part.name != ".git":
            shutil.rmtree(part) if part.is_dir() else part.unlink()
    shutil.copytree(render.template(), repository, dirs_exist_ok=True)
    release(repository, "v2.0.0")
    return repository


def tracked(project: Path) -> dict[str, bytes]:
    """Return the content of every file that Git tracks."""
    names = git(project, "ls-files").splitlines()
    return {name: (project / name).read_bytes() for name in names}


def answers_of(project: Path) -> dict[str, object]:
    recorded = load_yaml(project / ANSWERS_FILE)
    return {name: value for name, value in recorded.items() if not name.startswith("_")}


@pytest.mark.parametrize("profile", ["minimal", "standard"])
def test_an_update_equals_a_fresh_project(
    profile: str, template: Path, tmp_path: Path, count: Count
) -> None:
    answers = {"profile": profile, "team": "Équipe Ω"}
    start(template, "v1.0.0", tmp_path / "project", answers)
    before = tracked(tmp_path / "project")
    update(tmp_path / "project", "v2.0.0")
    start(template, "v2.0.0", tmp_path / "fresh", answers)
    after, fresh = tracked(tmp_path / "project"), tracked(tmp_path / "fresh")
    users = ownership(answers_of(tmp_path / "project")).is_users
    expected = {name: content for name, content in fresh.items() if not users(name)}
    expected |= {name: content for name, content in before.items() if users(name)}
    seeded = ownership(answers_of(tmp_path / "project")).seeded.match_file
    expected |= {n: content for n, content in fresh.items() if seeded(n) and n not in before}
    count("files after an update", len(after), 50)
    assert {
        name for name in after.keys() | expected if after.get(name) != expected.get(name)
    } == set()
    assert answers_of(tmp_path / "project") == answers_of(tmp_path / "fresh")


def append(path: Path, text: str) -> None:
    path.write_text(path.read_text("utf-8") + text, "utf-8")


PACKAGE = "src/#{ package_name }#"


@pytest.fixture(scope="module")
def updated(
    render: Renderer, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, dict[str, bytes]]:
    """A project with a user's edits after an update that changed the same files elsewhere."""
    directory = tmp_path_factory.mktemp("edited")
    template, project = directory / "slipway", directory / "project"
    shutil.copytree(render.template(), template)
    release(template, "v1.0.0")
    append(template / "template/README.md.jinja", "\nNew in version 2.\n")
    append(template / "template/objectives.yaml.jinja", "new_in_version_2: true\n")
    append(template / f"template/{PACKAGE}/errors.py", "\nNEW_IN_VERSION_2 = True\n")
    (template / f"template/{PACKAGE}/new_in_version_2.py").write_text("NEW = True\n")
    (template / "template/docs/new-in-version-2.md").write_text("# New\n")
    release(template, "v2.0.0")
    start(template, "v1.0.0", project, {})
    edit(project)
    commit(project, "feat: our own work")
    edited = tracked(project)
    update(project, "v2.0.0")
    return project, edited


def edit(project: Path) -> None:
    """Do what users do: edit files of every owner, add some, delete some."""
    readme = (project / "README.md").read_text("utf-8")
    (project / "README.md").write_text(readme.replace("\n\n", "\n\nOurs.\n\n", 1), "utf-8")
    append(project / "objectives.yaml", "# ours\n")
    append(project / "src/flight_delays/errors.py", "\nOURS = 1\n")
    append(project / "environments/dev/release.yaml", "# ours\n")
    (project / "src/flight_delays/ours.py").write_text("OURS = 2\n")
    (project / "src/flight_delays/monitor/page.py").unlink()
    (project / ".editorconfig").unlink()
    (project / "docs/ours.md").write_text("# Ours\n")


def test_edits_in_a_file_of_the_template_are_merged(
    updated: tuple[Path, dict[str, bytes]],
) -> None:
    readme = (updated[0] / "README.md").read_text("utf-8")
    assert "Ours.\n" in readme
    assert readme.endswith("New in version 2.\n")


def test_what_the_user_owns_is_kept_byte_for_byte(
    updated: tuple[Path, dict[str, bytes]], count: Count
) -> None:
    project, edited = updated
    users = ownership(answers_of(project)).is_users
    before = {name: content for name, content in edited.items() if users(name)}
    after = {name: content for name, content in tracked(project).items() if users(name)}
    count("user's files kept", len(after), 40)
    assert after == before


def test_a_new_file_of_the_template_arrives(updated: tuple[Path, dict[str, bytes]]) -> None:
    assert (updated[0] / "docs/new-in-version-2.md").is_file()


def test_what_the_user_added_or_deleted_stays_so(
    updated: tuple[Path, dict[str, bytes]],
) -> None:
    project, _ = updated
    assert (project / "docs/ours.md").read_text("utf-8") == "# Ours\n"
    assert not (project / ".editorconfig").exists()
    assert not (project / "src/flight_delays/monitor/page.py").exists()


def test_a_profile_can_be_left_and_taken_again(template: Path, tmp_path: Path) -> None:
    project = tmp_path / "project"
    start(template, "v2.0.0", project, {"profile": "standard"})
    standard = tracked(project)
    update(project, "v2.0.0", {"profile": "minimal"})
    assert standard.keys() > tracked(project).keys()
    update(project, "v2.0.0", {"profile": "standard"})
    assert tracked(project) == standard


def test_the_minimal_profile_reached_by_an_update_is_the_fresh_one(
    template: Path, tmp_path: Path
) -> None:
    start(template, "v2.0.0", tmp_path / "project", {"profile": "standard"})
    update(tmp_path / "project", "v2.0.0", {"profile": "minimal"})
    start(template, "v2.0.0", tmp_path / "fresh", {"profile": "minimal"})
    assert tracked(tmp_path / "project") == tracked(tmp_path / "fresh")


def test_the_seeds_are_written_again_when_they_are_missing(template: Path, tmp_path: Path) -> None:
    project = tmp_path / "project"
    start(template, "v2.0.0", project, {})
    (project / "objectives.yaml").unlink()
    (project / "src/flight_delays/errors.py").unlink()
    commit(project, "feat: less")
    update(project, "v2.0.0", {"contact": "ours@example.com"})
    assert (project / "objectives.yaml").is_file()
    assert not (project / "src/flight_delays/errors.py").exists()


def test_nothing_of_a_render_is_ignored_by_its_own_git(standard: Project, tmp_path: Path) -> None:
    project = standard.copy(tmp_path / "project").path
    commit(project)
    assert set(tracked(project)) == files(standard.path)
