"""Which code made a model."""

from .. import repository
from ..settings import settings

CODE = ("src", "pipelines", "objectives.yaml", "pyproject.toml", "requirements")


def source_commit() -> str:
    """Return the last commit that touched code, "" outside a repository or before its first commit.

    Later commits, such as releases, do not change it: the same code keeps the same manifest.

    Raises:
        ProjectError: Git cannot say, or the clone lacks the commits that could have touched it.
    """
    if settings().source_commit:
        return settings().source_commit
    if not repository.exists() or not repository.has_commit():
        return ""
    repository.require_history()
    log = ("log", "--max-count=1", "--no-show-signature", "--format=%H")
    commit = repository.read(*log, "--", *CODE).strip()
    status = ("status", "--porcelain", "--untracked-files=normal")  # whatever the user has set
    changed = repository.read(*status, "--", *CODE).strip()
    return f"{commit}{repository.CHANGED}" if commit and changed else commit
