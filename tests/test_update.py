"""An update brings what is new and takes nothing that is a user's."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from hooks.template import ANSWERS_FILE, ROOT, files, load_yaml, ownership
from tests.kit.project import Project, Renderer
from tests.kit.versions import commit, export, git, release, releases, start, update

Count = Callable[[str, int, int], None]
ENGINE = "src/slipway/"


@pytest.fixture(params=releases())
def template(request: pytest.FixtureRequest, render: Renderer, tmp_path: Path) -> Path:
    """A template repository: v1 is a release, v2 is the working tree."""
    repository = tmp_path / "slipway"
    repository.mkdir()
    export(releases()[request.param], repository)
    release(repository, "v1.0.0")
    for part in repository.iterdir():
        if part.name != ".git":
            shutil.rmtree(part) if part.is_dir() else part.unlink()
    shutil.copytree(render.template(), repository, dirs_exist_ok=True)
    release(repository, "v2.0.0")
    return repository


@pytest.fixture(scope="module")
def current(render: Renderer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A template repository whose only version is the working tree."""
    repository = tmp_path_factory.mktemp("template") / "slipway"
    shutil.copytree(render.template(), repository)
    release(repository, "v2.0.0")
    return repository


def tracked(project: Path) -> dict[str, bytes]:
    """Return the content of every file that Git tracks."""
    names = git(project, "ls-files").splitlines()
    return {name: (project / name).read_bytes() for name in names}


def answers_of(project: Path) -> dict[str, object]:
    recorded = load_yaml(project / ANSWERS_FILE)
    return {name: value for name, value in recorded.items() if not name.startswith("_")}


def test_releases_are_versions_with_their_commits(count: Count) -> None:
    listed = releases()
    count("releases", len(listed), 1)
    for version, revision in listed.items():
        assert re.fullmatch(r"[0-9]+\.[0-9]+\.[0-9]+", version)
        assert git(ROOT, "merge-base", "--is-ancestor", revision, "HEAD") == ""
    assert list(listed) == sorted(listed, key=lambda text: [int(n) for n in text.split(".")])


@pytest.mark.parametrize(
    ("profile", "new"),
    [
        ("minimal", {}),
        ("standard", {}),
        ("minimal", {"ci": "none"}),
        ("standard", {"ci": "gitlab"}),
    ],
    ids=str,
)
def test_an_update_from_every_release_equals_a_fresh_project(
    profile: str, new: dict[str, str], template: Path, tmp_path: Path, count: Count
) -> None:
    answers = {"profile": profile, "team": "Équipe Ω"}
    start(template, "v1.0.0", tmp_path / "project", answers)
    before = tracked(tmp_path / "project")
    update(tmp_path / "project", "v2.0.0", new)
    start(template, "v2.0.0", tmp_path / "fresh", answers | new)
    after, fresh = tracked(tmp_path / "project"), tracked(tmp_path / "fresh")
    owner = ownership(answers_of(tmp_path / "project"))
    mine, seeded = owner.user.match_file, owner.seeded.match_file
    expected = {name: content for name, content in fresh.items() if not mine(name)}
    expected |= {n: content for n, content in before.items() if mine(n)}
    expected |= {n: content for n, content in before.items() if seeded(n) and n in fresh}
    count("files after an update", len(after), 50)
    count("files of an updated engine", sum(name.startswith(ENGINE) for name in after), 100)
    assert {
        name for name in after.keys() | expected if after.get(name) != expected.get(name)
    } == set()
    assert answers_of(tmp_path / "project") == answers_of(tmp_path / "fresh")


OURS = {
    "docs/model-card.md": "ours\n",
    "environments/prod/release.yaml": "data: {}\n",
    "objectives.yaml": "goal: ours\n",
    "src/flight_delays/model.py": "MODEL = 1\n",
    "tests/test_ours.py": "OURS = 1\n",
}


@pytest.mark.parametrize(
    ("first", "second"), [("minimal", "standard"), ("standard", "minimal")], ids=str
)
def test_a_profile_can_be_left_and_taken_again(
    first: str, second: str, current: Path, tmp_path: Path
) -> None:
    """On the way there and back everything of the user's stays, and each stop is as if fresh."""
    project = tmp_path / "project"
    for number, profile in enumerate([first, second, first]):
        if number:
            update(project, "v2.0.0", {"profile": profile})
        else:
            start(current, "v2.0.0", project, {"profile": profile})
            for name, text in OURS.items():
                (project / name).write_text(text)
            commit(project, "feat: ours")
        start(current, "v2.0.0", tmp_path / f"fresh-{number}", {"profile": profile})
        ours = {name: text.encode() for name, text in OURS.items()}
        assert tracked(project) == tracked(tmp_path / f"fresh-{number}") | ours


def test_the_ci_system_can_be_another_and_the_same_again(current: Path, tmp_path: Path) -> None:
    project = tmp_path / "project"
    start(current, "v2.0.0", project, {})
    github = tracked(project)
    for ci in ("gitlab", "none"):
        update(project, "v2.0.0", {"ci": ci})
        start(current, "v2.0.0", tmp_path / ci, {"ci": ci})
        assert tracked(project) == tracked(tmp_path / ci)
    update(project, "v2.0.0", {"ci": "github"})
    assert tracked(project) == github


def test_an_answer_that_was_given_outlives_a_change_of_the_profile(
    current: Path, tmp_path: Path
) -> None:
    project = tmp_path / "project"
    start(current, "v2.0.0", project, {"profile": "minimal", "serving": True})
    update(project, "v2.0.0", {"profile": "standard"})
    assert (project / "components/workflows").is_dir()
    update(project, "v2.0.0", {"profile": "minimal"})
    assert not (project / "components/workflows").exists()
    assert (project / "components/serving").is_dir()
    assert answers_of(project)["serving"] is True


@pytest.mark.parametrize("cloud", ["aws", "none"])
def test_a_recorded_cloud_has_its_effect_now(cloud: str, template: Path, tmp_path: Path) -> None:
    project = tmp_path / "project"
    start(template, "v1.0.0", project, {"cloud": cloud})
    update(project, "v2.0.0")
    start(template, "v2.0.0", tmp_path / "fresh", {"cloud": cloud})
    assert answers_of(project) == answers_of(tmp_path / "fresh")
    assert (project / "components/gpu-nodes").exists() == (cloud == "aws")


def test_a_cloud_comes_and_goes(current: Path, tmp_path: Path) -> None:
    project = tmp_path / "project"
    start(current, "v2.0.0", project, {})
    before = set(tracked(project))
    update(project, "v2.0.0", {"cloud": "gcp"})
    assert (project / "infra/gcp/main.tf").is_file()
    update(project, "v2.0.0", {"cloud": "none"})
    assert set(tracked(project)) == before


def test_the_seeds_are_written_again_when_they_are_missing(current: Path, tmp_path: Path) -> None:
    project = tmp_path / "project"
    start(current, "v2.0.0", project, {})
    (project / "objectives.yaml").unlink()
    (project / "src/flight_delays/model.py").unlink()
    commit(project, "feat: less")
    update(project, "v2.0.0", {"contact": "ours@example.com"})
    assert (project / "objectives.yaml").is_file()
    assert not (project / "src/flight_delays/model.py").exists()


def test_nothing_of_a_render_is_ignored_by_its_own_git(standard: Project, tmp_path: Path) -> None:
    project = standard.copy(tmp_path / "project").path
    commit(project)
    assert set(tracked(project)) == files(standard.path)


@pytest.mark.parametrize("line", ["data/", "build/", "dist/", "lib/", "models/", "env/", "target/"])
def test_no_usual_line_of_a_gitignore_hides_a_part_of_the_engine(
    line: str, standard: Project, tmp_path: Path
) -> None:
    project = standard.copy(tmp_path / "project").path
    with (project / ".gitignore").open("a") as file:
        file.write(f"{line}\n")
    commit(project)
    engine = {name for name in files(standard.path) if name.startswith(ENGINE)}
    assert engine <= tracked(project).keys()
