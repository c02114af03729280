"""A clone without its older commits: what reads history refuses, the rest works."""

from collections.abc import Callable
from pathlib import Path
from unittest.mock import Mock

import pytest

from slipway import command, lineage, release
from slipway.errors import ProjectError
from slipway.registry import Version
from slipway.release import record
from slipway.settings import settings
from slipway.training import local
from slipway.training.code import source_commit
from tests.engine.kit import AS_OF

Git = Callable[..., str]
Clone = Callable[[int], Path]
Commit = Callable[[int], None]


@pytest.fixture
def clone(repository: Path, monkeypatch: pytest.MonkeyPatch, git: Git) -> Clone:
    """Return a function that makes a clone so many commits deep this process's project."""

    def shallow(depth: int) -> Path:
        copy = repository.parent / "clone"
        source = repository.as_uri()
        command.output(["git", "clone", "--quiet", f"--depth={depth}", source, copy])
        monkeypatch.setenv("STATE_DIR", str(repository / "var"))
        monkeypatch.setenv("PROJECT_ROOT", str(copy))
        settings.cache_clear()
        return copy

    return shallow


def _state(root: Path) -> tuple[str, str]:
    return (
        command.output(["git", "rev-parse", "HEAD"], root),
        command.output(["git", "status", "--porcelain"], root),
    )


@pytest.mark.parametrize("depth", [1, 3])
def test_a_shallow_clone_is_not_rolled_back_but_told_how_to_deepen(
    release_to_prod: Commit, repository: Path, clone: Clone, depth: int
) -> None:
    release_to_prod(1)
    release_to_prod(2)
    release.rollback("prod")
    release_to_prod(3)
    copy = clone(depth)
    before = _state(copy)
    with pytest.raises(ProjectError, match=r"shallow clone.*git fetch --unshallow"):
        release.rollback("prod")
    assert _state(copy) == before


def test_a_clone_that_was_deepened_is_rolled_back_past_the_model_that_was_withdrawn(
    release_to_prod: Commit, clone: Clone
) -> None:
    release_to_prod(1)
    release_to_prod(2)
    release.rollback("prod")
    release_to_prod(3)
    copy = clone(1)
    command.output(["git", "fetch", "--quiet", "--unshallow"], copy)
    release.rollback("prod")
    running = release.released("prod")
    assert running is not None
    assert running.model_version == "1"


def test_the_commit_of_the_code_is_not_guessed_in_a_shallow_clone(clone: Clone) -> None:
    clone(1)
    with pytest.raises(ProjectError, match="git fetch --unshallow"):
        source_commit()


def test_lineage_names_no_wrong_commit_in_a_shallow_clone(
    ship: Callable[[int], Version], clone: Clone
) -> None:
    ship(2)
    clone(1)
    with pytest.raises(ProjectError, match="git fetch --unshallow"):
        lineage.walk("prod")


def test_a_promotion_needs_no_history(
    passed: Callable[..., Version], clone: Clone, git: Git
) -> None:
    passed(2)
    copy = clone(1)
    release.promote("dev")
    release.promote("staging")
    log = command.output(["git", "log", "--format=%s"], copy).splitlines()
    assert [line.partition(":")[0] for line in log] == ["release(staging)", "release(dev)", "chore"]


def test_a_release_file_that_git_has_lost_is_not_taken_for_a_deleted_one(
    release_to_prod: Commit, repository: Path, git: Git
) -> None:
    release_to_prod(1)
    lost = git("rev-parse", f"HEAD:{record.location('prod')}")
    release_to_prod(2)
    (repository / ".git" / "objects" / lost[:2] / lost[2:]).unlink()
    with pytest.raises(ProjectError, match="git cat-file failed"):
        release.rollback("prod")


def test_a_training_in_a_shallow_clone_is_refused_before_it_begins(
    clone: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    clone(1)
    monkeypatch.setattr("pipelines.training.pipeline.PIPELINE", began := Mock())
    with pytest.raises(ProjectError, match=r"shallow clone.*git fetch --unshallow"):
        local.run(AS_OF)
    assert not began.called
