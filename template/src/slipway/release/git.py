"""The few Git commands that releases need, run in the project's root as the user would."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, NamedTuple

from .. import repository
from ..errors import ProjectError
from ..files import held, write_bytes
from ..settings import settings


class Change(NamedTuple):
    """A commit that changed a file, and the file's text after it ("" when it was deleted)."""

    commit: str
    message: str
    text: str

    @property
    def subject(self) -> str:
        return self.message.partition("\n")[0]


def require_branch_and_author() -> None:
    """Refuse where a commit would fail or be lost.

    Raises:
        ProjectError: No repository, no commit, a detached HEAD, or no name and address for commits.
    """
    if not repository.exists():
        raise ProjectError(
            f"{settings().project_root} is not in a Git repository: "
            "run `git init`, commit the project and try again."
        )
    if not repository.has_commit():
        raise ProjectError("the repository has no commit yet: commit the project and try again.")
    if not repository.confirms("symbolic-ref", "--quiet", "HEAD"):
        raise ProjectError(
            "HEAD is detached, a commit would be lost: `git switch` to a branch and try again."
        )
    for identity in ("GIT_AUTHOR_IDENT", "GIT_COMMITTER_IDENT"):
        if repository.run("var", identity).returncode:
            raise ProjectError(
                "Git does not know who you are: set `git config user.name` and "
                "`git config user.email`, then try again."
            )


def require_clean(path: str, text: str) -> None:
    """Refuse a changed tree, but let `path` hold `text`: an interrupted run goes on.

    Raises:
        ProjectError: Tracked files differ from the newest commit.
    """
    prefix = repository.read("rev-parse", "--show-prefix").rstrip("\n")
    changed = [
        name for name in repository.read("diff", "--name-only", "-z", "HEAD").split("\0") if name
    ]
    if changed == [prefix + path] and _text(settings().project_root / path) == text:
        return
    if changed:
        names = ", ".join(changed[:3]) + (", ..." if len(changed) > 3 else "")
        raise ProjectError(f"uncommitted changes in {names}: commit or restore them first.")


def _text(path: Path) -> str | None:
    return path.read_text("utf-8", "surrogateescape") if path.is_file() else None


def committed_text(path: str) -> str:
    """Return a file as the newest commit has it.

    Raises:
        ProjectError: The newest commit does not have it.
    """
    text = _text_at("HEAD", path)
    if text is None:
        raise ProjectError(f"{path} is not committed: commit the project and try again.")
    return text


def _text_at(commit: str, path: str) -> str | None:
    """Return a file as a commit has it, None when it has none."""
    if not repository.read("ls-tree", commit, "--", path):
        return None
    return repository.read("cat-file", "blob", f"{commit}:./{path}")


def committed_tree(path: str) -> str:
    """Return the id of what the newest commit has at `path`.

    Raises:
        ProjectError: The newest commit does not have it.
    """
    return repository.read("rev-parse", f"HEAD:./{path}").strip()


def switch(branch: str) -> None:
    """Go to a branch that begins at the newest commit; one of that name is replaced.

    Raises:
        ProjectError: Git refused.
    """
    repository.read("switch", "--quiet", "--force-create", branch)


def commit_file(path: str, text: str, message: str) -> None:
    """Write `text` to `path` and commit that file alone; the user's hooks run and may refuse.

    Raises:
        ProjectError: Git or a hook refused; the file is as it was before.
    """
    before = committed_text(path)
    _write(path, text)
    commit = ("commit", "--quiet", "--only", "--message", message, "--", path)
    if repository.run(*commit, capture=False).returncode:
        _write(path, before)
        raise ProjectError(
            f"Git or one of its hooks refused the commit and said why; {path} is as it was before."
        )


def _write(path: str, text: str) -> None:
    write_bytes(settings().project_root / path, text.encode("utf-8", "surrogateescape"))


def changes(path: str) -> list[Change]:
    """Return the commits of this branch that changed a file, oldest first, a merge as one.

    Raises:
        ProjectError: The clone is shallow, or Git cannot say.
    """
    repository.require_history()
    settled = ("--first-parent", "--no-follow", "--no-show-signature")
    log = repository.read("log", *settled, "--reverse", "-z", "--format=%H %B", "--", path)
    commits = [entry.partition(" ") for entry in log.split("\0") if entry]
    return [Change(commit, message, _text_at(commit, path) or "") for commit, _, message in commits]


@contextmanager
def exclusive() -> Iterator[IO[str]]:
    """Keep other promotions and rollbacks out of this repository; ends with the process.

    Yields the lock file, in which the holder may note what it is about to do.

    Raises:
        ProjectError: Another one is at work.
    """
    require_branch_and_author()
    directory = repository.read("rev-parse", "--absolute-git-dir").rstrip("\n")
    refusal = "another promotion or rollback is at work here: try again when it has ended."
    with held(Path(directory, "release.lock"), refusal) as lock:
        yield lock
