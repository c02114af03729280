"""The repository and the judged models of the tests of releases."""

from tests.engine.release.conftest import git, passed, passes, repository

__all__ = ["git", "passed", "passes", "repository"]
