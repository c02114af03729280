"""An image is named by what is copied into it."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from slipway.project import project
from slipway.release import image, record

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
