import subprocess
from pathlib import Path

import pytest

from slipway.settings import settings
from slipway.describe import source_commit


def git(root: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com"]
    done = subprocess.run(
        ["git", "-C", str(root), *identity, *arguments], check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


@pytest.fixture
def repository(project: Path) -> Path:
    (project / "src").mkdir()
    (project / "src" / "code.py").write_text("one\n")
    git(project, "init", "--quiet")
    git(project, "add", "--all")
    git(project, "commit", "--quiet", "--message", "code")
    return project


def test_the_source_commit_is_the_last_that_touched_code(repository: Path) -> None:
    code = git(repository, "rev-parse", "HEAD")
    (repository / "release.yaml").write_text("data: {}\n")
    git(repository, "add", "--all")
    git(repository, "commit", "--quiet", "--message", "release(dev): v1")
    assert source_commit() == code


def test_uncommitted_code_is_marked(repository: Path) -> None:
    (repository / "src" / "code.py").write_text("two\n")
    assert source_commit() == git(repository, "rev-parse", "HEAD") + "-dirty"


def test_outside_a_repository_the_source_commit_is_empty(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(project.parent))
    assert source_commit() == ""


def test_an_image_names_its_commit_by_a_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_COMMIT", "0" * 40)
    settings.cache_clear()
    assert source_commit() == "0" * 40
