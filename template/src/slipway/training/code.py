"""Which code made a model."""

from ..command import output, run
from ..settings import settings

CODE = ("src", "pipelines", "objectives.yaml", "pyproject.toml", "requirements")
NO_COMMIT_YET = 1  # exit code of `git rev-parse --verify --quiet`


def source_commit() -> str:
    """Return the last commit that touched code, "" outside a repository or before its first commit.

    Later commits, such as releases, do not change it: the same code keeps the same manifest.

    Raises:
        ProjectError: Git cannot say.
    """
    if settings().source_commit:
        return settings().source_commit
    root = settings().project_root
    if not _in_repository() or _before_first_commit():
        return ""
    commit = output(["git", "log", "--max-count=1", "--format=%H", "--", *CODE], root).strip()
    changed = output(["git", "status", "--porcelain", "--", *CODE], root).strip()
    return f"{commit}-dirty" if commit and changed else commit


def _in_repository() -> bool:
    root = settings().project_root.resolve()
    return any((parent / ".git").exists() for parent in (root, *root.parents))


def _before_first_commit() -> bool:
    """Tell whether nothing is committed yet; a damaged branch has no commit either, but fails."""
    root = settings().project_root
    head = run(["git", "rev-parse", "--verify", "--quiet", "HEAD"], root)
    branch = run(["git", "symbolic-ref", "--quiet", "HEAD"], root)
    return head.returncode == NO_COMMIT_YET and branch.returncode == 0
