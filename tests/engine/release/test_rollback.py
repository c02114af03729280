"""Rollback: back to the release before, never to a bad one."""

from collections.abc import Callable
from pathlib import Path

import pytest

from slipway import registry, release
from slipway.errors import ProjectError
from slipway.registry import Version

Git = Callable[..., str]
Ship = Callable[[int], Version]
Commit = Callable[[int], None]


def _prod() -> str:
    running = release.released("prod")
    assert running is not None
    return f"v{running.model_version}"


def test_the_release_before_comes_back_and_the_champion_follows(ship: Ship, git: Git) -> None:
    ship(2)
    ship(3)
    release.rollback("prod")
    assert _prod() == "v1"
    assert registry.by_alias("champion") == registry.by_number(1)
    assert git("status", "--porcelain") == ""


def test_a_rollback_is_the_commit_that_git_revert_makes(release_to_prod: Commit, git: Git) -> None:
    release_to_prod(1)
    release_to_prod(2)
    released = git("rev-parse", "HEAD")
    git("revert", "--no-edit", "HEAD")
    wanted = git("show", "--format=%T%n%B", "--no-patch")
    git("reset", "--quiet", "--hard", released)
    release.rollback("prod")
    assert git("show", "--format=%T%n%B", "--no-patch") == wanted


def test_twice_goes_one_release_further_back(release_to_prod: Commit) -> None:
    for number in (1, 2, 3):
        release_to_prod(number)
    release.rollback("prod")
    release.rollback("prod")
    assert _prod() == "v1"


def test_a_release_that_was_taken_back_is_not_returned_to(release_to_prod: Commit) -> None:
    release_to_prod(1)
    release_to_prod(2)
    release.rollback("prod")
    release_to_prod(3)
    release.rollback("prod")
    assert _prod() == "v1"


def test_a_release_may_be_promoted_again_after_its_rollback(release_to_prod: Commit) -> None:
    release_to_prod(1)
    release_to_prod(2)
    release.rollback("prod")
    release_to_prod(2)
    release.rollback("prod")
    assert _prod() == "v1"


def test_reverts_made_with_git_count(release_to_prod: Commit, git: Git) -> None:
    for number in (1, 2, 3):
        release_to_prod(number)
    git("revert", "--no-edit", "HEAD")
    assert _prod() == "v2"
    release.rollback("prod")
    assert _prod() == "v1"


def test_reverts_that_were_merged_count(release_to_prod: Commit, git: Git) -> None:
    for number in (1, 2, 3):
        release_to_prod(number)
    git("switch", "--quiet", "--create", "revert")
    git("revert", "--no-edit", "HEAD")
    git("switch", "--quiet", "main")
    git("merge", "--quiet", "--no-ff", "--message", "Merge request 5", "revert")
    release.rollback("prod")
    assert _prod() == "v1"


def test_the_first_release_has_nothing_before_it(release_to_prod: Commit, git: Git) -> None:
    release_to_prod(1)
    before = git("rev-parse", "HEAD")
    with pytest.raises(ProjectError, match="prod has no earlier release"):
        release.rollback("prod")
    assert git("rev-parse", "HEAD") == before


def test_a_release_file_that_was_damaged_by_a_commit_is_restored(
    release_to_prod: Commit, repository: Path, git: Git
) -> None:
    release_to_prod(1)
    (repository / "environments" / "prod" / "release.yaml").write_text("data: [damaged\n")
    git("commit", "--quiet", "--all", "--message", "chore: damage")
    release.rollback("prod")
    assert _prod() == "v1"


def test_a_comment_in_the_release_file_is_no_release(
    release_to_prod: Commit, repository: Path, git: Git
) -> None:
    release_to_prod(1)
    release_to_prod(2)
    path = repository / "environments" / "prod" / "release.yaml"
    path.write_text("# see the wiki\n" + path.read_text())
    git("commit", "--quiet", "--all", "--message", "docs: a comment")
    release.rollback("prod")
    assert _prod() == "v1"


def test_a_changed_tree_is_refused(release_to_prod: Commit, repository: Path) -> None:
    release_to_prod(1)
    release_to_prod(2)
    (repository / ".gitignore").write_text("/var/\n/build/\n")
    with pytest.raises(ProjectError, match="uncommitted changes"):
        release.rollback("prod")
    assert _prod() == "v2"


def test_a_registry_that_does_not_know_the_release_does_not_stand_in_the_way(
    release_to_prod: Commit, capsys: pytest.CaptureFixture[str]
) -> None:
    release_to_prod(1)
    release_to_prod(2)
    release.rollback("prod")
    assert _prod() == "v1"
    assert "warning: the next gate moves the alias champion" in capsys.readouterr().err
