"""An image is named by what is copied into it."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from slipway import release
from slipway.errors import ProjectError
from slipway.project import project
from slipway.registry import Version
from slipway.release import image, record
from slipway.settings import settings

Git = Callable[..., str]
Names = Callable[[], dict[str, str]]
BOTH = {"pipeline", "serve"}


@pytest.fixture
def names(repository: Path, git: Git) -> Names:
    """Return a function that commits everything and returns the names that a workflow gets."""
    seed = repository / record.location("dev")
    seed.write_text(seed.read_text().replace("{}", "{serve-image: registry.example.com/a/serve:0}"))
    for path in ("images/pipeline/file", "images/serve/file", "pipelines/file", "src/file"):
        (repository / path).parent.mkdir(parents=True, exist_ok=True)
        (repository / path).write_text("# first\n")

    def commit() -> dict[str, str]:
        git("add", "--all")
        git("commit", "--quiet", "--message", "chore: go on")
        image.main(repository / "var" / "names")
        return {path.name: path.read_text() for path in (repository / "var" / "names").iterdir()}

    return commit


def test_the_images_are_kept_where_the_release_file_says(names: Names) -> None:
    images = names()
    assert images["pipeline"].startswith("registry.example.com/a/pipeline:")
    assert images["serve"].startswith("registry.example.com/a/serve:")


@pytest.mark.parametrize(
    ("path", "renamed"),
    [
        ("images/pipeline/file", {"pipeline"}),
        ("images/serve/file", {"serve"}),
        ("objectives.yaml", BOTH),
        ("pipelines/file", {"pipeline"}),
        ("pyproject.toml", BOTH),
        ("src/file", BOTH),
        (".gitignore", set()),
    ],
)
def test_only_a_change_of_what_is_copied_gives_a_new_name(
    path: str, renamed: set[str], names: Names, repository: Path
) -> None:
    before = names()
    with (repository / path).open("a") as file:
        file.write("# second\n")
    after = names()
    assert {name for name in BOTH if before[name] != after[name]} == renamed


def test_the_commit_of_the_code_is_told_with_the_names(
    names: Names, repository: Path, git: Git
) -> None:
    first = names()["source-commit"]
    (repository / "pipelines" / "file").write_text("# second\n")
    second = names()["source-commit"]
    assert second == git("rev-parse", "HEAD") + "\n"
    assert first != second


def test_a_release_of_before_the_cluster_leaves_the_name_to_pyproject(
    names: Names, repository: Path
) -> None:
    seed = repository / record.location("dev")
    seed.write_text(seed.read_text().replace("registry.example.com/a/serve:0", '""'))
    assert names()["serve"].startswith(f"{project().images}/serve:")


def test_a_project_without_images_names_none(repository: Path, names: Names) -> None:
    names()
    shutil.rmtree(repository / "images")
    images = names()
    assert (images["pipeline"].strip(), images["serve"].strip()) == ("", "")


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    """Return a function that sets a variable, as somebody who has typed it."""

    def type_(variable: str, text: str) -> None:
        monkeypatch.setenv(variable, text)
        settings.cache_clear()

    return type_


@pytest.mark.parametrize(
    "text",
    [
        "serve:1",
        "localhost:5000/a/serve:1.0-rc_2",
        f"registry.example.com/team.a/b__c/serve@sha256:{1:064}",
        f"registry.example.com/serve:1@sha256:{1:064}",
    ],
)
def test_an_image_that_is_typed_with_tag_or_digest_is_taken(
    text: str, typed: Callable[[str, str], None]
) -> None:
    typed("SERVE_IMAGE", text)
    assert image.serve_image("dev") == text


@pytest.mark.parametrize(
    "text",
    [
        "serve",
        "registry.example.com:5000/serve",
        "registry.example.com/serve:",
        "registry.example.com/serve@sha256:...",
        f"registry.example.com/serve@sha256:{1:063}",
        f"registry.example.com/serve@{1:064}",
        "registry.example.com/Serve:1",
        "https://registry.example.com/serve:1",
        "registry.example.com//serve:1",
        "registry.example.com/serve:1 ",
        f"serve:{'1' * 129}",
    ],
)
@pytest.mark.parametrize("variable", ["SERVE_IMAGE", "PIPELINE_IMAGE"])
def test_what_names_no_image_is_refused_by_the_variable(
    variable: str, text: str, typed: Callable[[str, str], None]
) -> None:
    typed(variable, text)
    named = {
        "SERVE_IMAGE": lambda: image.serve_image("dev"),
        "PIPELINE_IMAGE": image.pipeline_image,
    }
    with pytest.raises(ProjectError) as error:
        named[variable]()
    assert str(error.value) == (
        f"{variable} is {text!r}, which names no image: write NAME:TAG, or NAME@sha256: and "
        "the 64 digits that the push has printed."
    )


def test_a_release_with_an_image_that_nobody_can_pull_changes_nothing(
    passed: Callable[[int], Version], repository: Path, typed: Callable[[str, str], None], git: Git
) -> None:
    passed(2)
    before = git("rev-parse", "HEAD")
    typed("SERVE_IMAGE", "serve")
    with pytest.raises(ProjectError, match=r"^SERVE_IMAGE is 'serve'"):
        release.promote("dev")
    assert (git("rev-parse", "HEAD"), git("status", "--porcelain")) == (before, "")
