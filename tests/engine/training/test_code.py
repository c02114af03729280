from pathlib import Path

import pytest

from slipway import command
from slipway.errors import ProjectError
from slipway.settings import settings
from slipway.training.code import source_commit


def git(root: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com"]
    return command.output(["git", *identity, *arguments], root).strip()


@pytest.fixture
def unborn(project: Path) -> Path:
    """Return a repository with code, before its first commit."""
    (project / "src").mkdir()
    (project / "src" / "code.py").write_text("one\n")
    git(project, "init", "--quiet")
    return project


@pytest.fixture
def repository(unborn: Path) -> Path:
    git(unborn, "add", "--all")
    git(unborn, "commit", "--quiet", "--message", "code")
    return unborn


def test_the_source_commit_is_the_last_that_touched_code(repository: Path) -> None:
    code = git(repository, "rev-parse", "HEAD")
    (repository / "release.yaml").write_text("data: {}\n")
    git(repository, "add", "--all")
    git(repository, "commit", "--quiet", "--message", "release(dev): v1")
    assert source_commit() == code


def test_uncommitted_code_is_marked(repository: Path) -> None:
    (repository / "src" / "code.py").write_text("two\n")
    assert source_commit() == git(repository, "rev-parse", "HEAD") + "-dirty"


def test_an_uncommitted_release_does_not_mark_the_code(repository: Path) -> None:
    (repository / "release.yaml").write_text("data: {}\n")
    assert source_commit() == git(repository, "rev-parse", "HEAD")


@pytest.mark.usefixtures("project")
def test_outside_a_repository_the_source_commit_is_empty() -> None:
    assert source_commit() == ""


@pytest.mark.usefixtures("unborn")
def test_before_the_first_commit_the_source_commit_is_empty() -> None:
    assert source_commit() == ""


@pytest.mark.parametrize(
    ("file", "content", "reason"),
    [("HEAD", "nonsense\n", "not a git repository"), ("config", "[core\n", "bad config line 1")],
)
def test_a_git_that_fails_is_told_with_its_own_reason(
    repository: Path, file: str, content: str, reason: str
) -> None:
    (repository / ".git" / file).write_text(content)
    with pytest.raises(ProjectError, match=reason):
        source_commit()


def test_a_damaged_branch_is_not_taken_for_one_before_its_first_commit(repository: Path) -> None:
    branch = git(repository, "symbolic-ref", "HEAD")
    (repository / ".git" / branch).write_text("")
    with pytest.raises(ProjectError, match="your current branch appears to be broken"):
        source_commit()


def test_a_lost_commit_is_told_with_the_reason_of_git(repository: Path) -> None:
    commit = git(repository, "rev-parse", "HEAD")
    (repository / ".git" / "objects" / commit[:2] / commit[2:]).unlink()
    with pytest.raises(ProjectError, match="fatal: "):
        source_commit()


def test_a_project_of_another_user_is_told_with_the_reason_of_git(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    with pytest.raises(ProjectError, match="detected dubious ownership") as told:
        source_commit()
    assert str(repository) in str(told.value)
    assert "git init" not in str(told.value)


def test_new_code_is_marked_whatever_the_user_wants_git_status_to_show(repository: Path) -> None:
    git(repository, "config", "status.showUntrackedFiles", "no")
    (repository / "src" / "new.py").write_text("new\n")
    assert source_commit() == git(repository, "rev-parse", "HEAD") + "-dirty"


def test_an_image_names_its_commit_by_a_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_COMMIT", "0" * 40)
    settings.cache_clear()
    assert source_commit() == "0" * 40
