"""Promotion: one file, one commit, one environment after the other."""

from collections.abc import Callable
from pathlib import Path

import pytest

from slipway import registry, release
from slipway.registry import Version
from slipway.settings import settings

Git = Callable[..., str]
Judge = Callable[..., Version]


def test_the_challenger_is_released_to_dev(passed: Judge) -> None:
    version = passed(2)
    release.promote("dev")
    released = release.released("dev")
    assert released is not None
    assert released.model_uri == f"models:/{version.name}/1"
    assert (released.model_digest, released.manifest_digest) == (
        version.model_digest,
        version.manifest_digest,
    )
    assert (released.gate_report, released.promoted_from) == (registry.report_uri(version), "")


def test_a_release_is_one_commit_of_one_file(passed: Judge, git: Git) -> None:
    passed(2)
    release.promote("dev")
    assert git("rev-list", "--count", "HEAD") == "2"
    assert git("show", "--format=", "--name-only") == "environments/dev/release.yaml"
    assert git("status", "--porcelain") == ""


def test_each_environment_takes_what_the_one_before_has_committed(
    ship: Callable[[int], Version], passed: Judge
) -> None:
    version = ship(2)
    passed(3)
    release.promote("dev")
    release.promote("prod")
    releases = [release.released(name) for name in ("dev", "staging", "prod")]
    assert [entry.model_version for entry in releases if entry] == ["2", "1", "1"]
    assert [entry.promoted_from for entry in releases if entry] == ["", "dev", "staging"]
    assert registry.by_alias("champion") == registry.by_number(version.number)


def test_the_commit_tells_who_why_and_what(passed: Judge, git: Git) -> None:
    version = passed(2)
    release.promote("dev", "the Christmas season\nhas begun")
    assert git("log", "-1", "--format=%an <%ae>") == "Jo Doe <jo@example.com>"
    assert git("log", "-1", "--format=%s") == f"release(dev): {version.name} v1"
    body = git("log", "-1", "--format=%b")
    assert "the Christmas season\nhas begun" in body
    assert "Gate: v1 passed on 502 rows." in body
    trailers = dict(
        line.split(": ", 1) for line in git("log", "-1", "--format=%(trailers:only)").splitlines()
    )
    assert trailers == {
        "Gate-Report": registry.report_uri(version),
        "Model-Digest": version.model_digest,
    }


def test_what_is_released_already_stays_as_it_is(
    ship: Callable[[int], Version], git: Git, capsys: pytest.CaptureFixture[str]
) -> None:
    ship(2)
    before = git("rev-parse", "HEAD")
    registry.remove_alias("champion")
    release.promote("prod")
    assert git("rev-parse", "HEAD") == before
    assert "already" in capsys.readouterr().out
    assert registry.by_alias("champion") == registry.by_number(1)


def test_a_new_image_goes_to_prod_with_the_model_that_prod_runs(
    ship: Callable[[int], Version], monkeypatch: pytest.MonkeyPatch
) -> None:
    ship(2)
    image = f"registry.example.com/serve@sha256:{1:064}"
    monkeypatch.setenv("SERVE_IMAGE", image)
    settings.cache_clear()
    for environment in ("dev", "staging", "prod"):
        release.promote(environment)
    running = release.released("prod")
    assert running is not None
    assert running.model_version == "1"
    assert running.serve_image == image


def test_untracked_and_ignored_files_do_not_matter(passed: Judge, repository: Path) -> None:
    passed(2)
    (repository / "notes.txt").write_text("untracked")
    release.promote("dev")
    assert release.released("dev") is not None


def test_the_users_hooks_run(passed: Judge, repository: Path, git: Git) -> None:
    passed(2)
    hook = repository / ".git" / "hooks" / "commit-msg"
    hook.write_text('#!/bin/sh\necho "Reviewed-by: a hook" >> "$1"\n')
    hook.chmod(0o755)
    release.promote("dev")
    assert "Reviewed-by: a hook" in git("log", "-1", "--format=%b")


def test_a_project_in_a_directory_of_a_bigger_repository_can_release(
    passed: Judge, repository: Path, git: Git
) -> None:
    bigger = repository.parent
    (repository / ".git").rename(bigger / ".git")
    (bigger / "other file").write_text("of another team")
    git("add", "--all", ":/")
    git("commit", "--quiet", "--message", "chore: move")
    passed(2)
    release.promote("dev")
    release.promote("staging")
    changed = git("show", "--format=", "--name-only")
    assert changed == "project/environments/staging/release.yaml"
    assert git("status", "--porcelain", "--untracked-files=no") == ""


def test_what_others_have_staged_stays_staged_out_of_the_release(
    passed: Judge, repository: Path, git: Git
) -> None:
    passed(2)
    (repository / "new.txt").write_text("staged")
    git("add", "new.txt")
    with pytest.raises(Exception, match=r"uncommitted changes in new\.txt"):
        release.promote("dev")
    assert git("diff", "--cached", "--name-only") == "new.txt"


def test_a_proposal_is_a_commit_on_a_branch_and_moves_nothing(
    ship: Callable[[int], Version], passed: Judge, git: Git
) -> None:
    ship(2)
    passed(3)
    for environment in ("dev", "staging"):
        release.promote(environment)
    before = git("rev-parse", "main")
    release.promote("prod", propose=True)
    assert git("branch", "--show-current") == "release-prod-v2"
    assert git("rev-parse", "main") == before
    assert git("show", "--format=%P", "--name-only").split() == [
        before,
        "environments/prod/release.yaml",
    ]
    assert registry.by_alias("champion") == registry.by_number(1)


def test_the_release_names_the_pipeline_that_trained_the_model(
    make_bundle: Callable[[int], Path], passed: Judge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIPELINE_IMAGE", "registry.example.com/pipeline:1")
    settings.cache_clear()
    registry.register(make_bundle(2), "d" * 64)
    passed(2)
    release.promote("dev")
    released = release.released("dev")
    assert released is not None
    assert released.pipeline_digest == "d" * 64
    assert released.pipeline_image == "registry.example.com/pipeline:1"
