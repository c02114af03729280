"""What promotion refuses, and that nothing is changed then."""

from collections.abc import Callable
from pathlib import Path

import pytest

from slipway import registry, release
from slipway.errors import ProjectError
from slipway.registry import Version
from slipway.settings import settings

Git = Callable[..., str]
Judge = Callable[..., Version]


def _refused(why: str, to: str, git: Git) -> None:
    """Assert that a promotion is refused and leaves commit and tree as they are."""
    before = git("rev-parse", "HEAD"), git("status", "--porcelain")
    with pytest.raises(ProjectError, match=why):
        release.promote(to)
    assert (git("rev-parse", "HEAD"), git("status", "--porcelain")) == before


@pytest.mark.usefixtures("repository")
def test_without_a_challenger_dev_gets_nothing(git: Git) -> None:
    _refused("no model has passed the gate yet", "dev", git)


def test_an_environment_is_not_skipped(passed: Judge, git: Git) -> None:
    passed(2)
    release.promote("dev")
    _refused("staging has released nothing yet", "prod", git)


def test_a_refused_model_goes_nowhere(passed: Judge, git: Git) -> None:
    passed(2)
    passed(2, passed=False)
    _refused("v1 was refused on 502 rows", "dev", git)


def test_a_model_that_was_never_judged_goes_nowhere(
    make_bundle: Callable[[int], Path], repository: Path, git: Git
) -> None:
    registry.set_alias("challenger", registry.register(make_bundle(2)).number)
    _refused("v1 has not been judged", "dev", git)


def test_a_verdict_against_a_former_champion_no_longer_counts(
    ship: Callable[[int], Version], passed: Judge, git: Git
) -> None:
    ship(2)
    ship(3)
    passed(4)
    release.promote("dev")
    release.promote("staging")
    release.rollback("prod")
    _refused("judged against another model than prod runs now", "prod", git)
    passed(4)
    release.promote("prod")
    running = release.released("prod")
    assert running is not None
    assert running.model_version == "3"


def test_a_changed_tree_is_refused(passed: Judge, repository: Path, git: Git) -> None:
    passed(2)
    (repository / ".gitignore").write_text("/var/\n/build/\n")
    _refused(r"uncommitted changes in \.gitignore", "dev", git)


def test_a_release_file_edited_by_hand_is_refused(
    passed: Judge, repository: Path, git: Git
) -> None:
    passed(2)
    (repository / "environments" / "dev" / "release.yaml").write_text("data: {}\n")
    _refused("uncommitted changes in environments/dev/release.yaml", "dev", git)


def test_a_detached_head_is_refused(passed: Judge, git: Git) -> None:
    passed(2)
    git("switch", "--quiet", "--detach")
    _refused("HEAD is detached", "dev", git)


def test_a_user_without_a_name_is_told_how_to_set_one(
    passed: Judge, git: Git, tmp_path: Path
) -> None:
    passed(2)
    (tmp_path / "gitconfig").write_text("[user]\nuseConfigOnly = true\n")
    _refused(r"git config user\.name", "dev", git)


def test_a_project_of_another_user_is_refused_with_the_reason_of_git(
    passed: Judge, monkeypatch: pytest.MonkeyPatch
) -> None:
    passed(2)
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    with pytest.raises(ProjectError, match="detected dubious ownership") as told:
        release.promote("dev")
    assert "git init" not in str(told.value)


def test_a_directory_that_is_no_repository_is_refused(project: Path) -> None:
    with pytest.raises(ProjectError, match="is not in a Git repository"):
        release.promote("dev")


def test_a_repository_without_a_commit_is_refused(project: Path, git: Git) -> None:
    git("init", "--quiet")
    with pytest.raises(ProjectError, match="has no commit yet"):
        release.promote("dev")


def test_a_tampered_artifact_is_refused(passed: Judge, git: Git) -> None:
    passed(2)
    (path,) = (settings().state / "artifacts").rglob("bundle/model.onnx")
    path.write_bytes(path.read_bytes() + b" ")
    _refused("digest", "dev", git)


def test_a_release_that_names_other_bytes_is_refused(
    passed: Judge, repository: Path, git: Git
) -> None:
    version = passed(2)
    release.promote("dev")
    path = repository / "environments" / "dev" / "release.yaml"
    path.write_text(path.read_text().replace(version.model_digest, "0" * 64))
    git("commit", "--quiet", "--all", "--message", "chore: forge")
    _refused("digest", "staging", git)


def test_a_damaged_release_file_is_named(passed: Judge, repository: Path, git: Git) -> None:
    passed(2)
    release.promote("dev")
    path = repository / "environments" / "dev" / "release.yaml"
    path.write_text(path.read_text().replace("model-version: '1'", "model-version: latest"))
    git("commit", "--quiet", "--all", "--message", "chore: damage")
    _refused("environments/dev/release.yaml is damaged", "staging", git)


def test_a_hook_that_refuses_leaves_everything_as_before(
    passed: Judge, repository: Path, git: Git, capfd: pytest.CaptureFixture[str]
) -> None:
    passed(2)
    hook = repository / ".git" / "hooks" / "pre-commit"
    hook.write_text("#!/bin/sh\necho 'no releases on Fridays' >&2\nexit 1\n")
    hook.chmod(0o755)
    _refused("one of its hooks refused", "dev", git)
    assert "no releases on Fridays" in capfd.readouterr().err


def test_a_registry_that_is_down_leaves_everything_as_before(
    passed: Judge, git: Git, monkeypatch: pytest.MonkeyPatch
) -> None:
    passed(2)
    release.promote("dev")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:1")
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    settings.cache_clear()
    _refused("MLflow at", "staging", git)
