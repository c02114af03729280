"""Rollback: the commit that `git revert` of the release in effect would make."""

from dataclasses import dataclass
from typing import IO

from ..contract.release import Release
from ..errors import ProjectError
from . import champion, git, record


@dataclass(frozen=True)
class _Step:
    """A change that is still in effect, and the release it made (its text when damaged)."""

    change: git.Change
    release: Release | str | None


def rollback(environment: str) -> None:
    """Take back the release in effect, by one commit; twice goes one release further back.

    Run again after an interruption, it finishes what was begun.

    Raises:
        ProjectError: There is no earlier release, or Git refuses; nothing is changed then.
    """
    with git.exclusive() as note:
        path = record.location(environment)
        if not _finished_before(note, environment):
            bad, good = _last_two(environment)
            git.require_clean(path, good.text)
            _write_note(note, f"{environment} {bad.commit}")
            message = f'Revert "{bad.subject}"\n\nThis reverts commit {bad.commit}.\n'
            git.commit_file(path, good.text, message)
        title = record.title(record.committed(environment))
        print(f"{environment} is back on {title}; push the commit to publish it.")
        champion.follow(environment)
        _write_note(note, "")


def _last_two(environment: str) -> tuple[git.Change, git.Change]:
    """Return the change in effect and the newest earlier one that released a model."""
    steps = _in_effect(git.changes(record.location(environment)))
    earlier = [step for step in steps[:-1] if isinstance(step.release, Release)]
    if not earlier:
        raise ProjectError(f"{environment} has no earlier release to go back to.")
    return steps[-1].change, earlier[-1].change


def _in_effect(changes: list[git.Change]) -> list[_Step]:
    """Drop what was taken back: a return to an earlier state undoes everything since.

    States are compared, not messages, so a revert counts however it was made (`git revert`, a
    squashed or merged pull request). Only a promotion may bring an earlier state up again.
    """
    steps: list[_Step] = []
    for change in changes:
        release = _release(change.text)
        states = [step.release for step in steps]
        if states and states[-1] == release:
            continue
        if release in states and not change.subject.startswith("release("):
            del steps[states.index(release) + 1 :]
        else:
            steps.append(_Step(change, release))
    return steps


def _release(text: str) -> Release | str | None:
    try:
        return record.parse(text, "")
    except ProjectError:
        return text


def _finished_before(note: IO[str], environment: str) -> bool:
    """Tell whether an interrupted rollback has left its commit behind."""
    note.seek(0)
    begun, _, commit = note.read().partition(" ")
    if begun != environment:
        return False
    newest = git.changes(record.location(environment))[-1]
    return f"This reverts commit {commit}." in newest.message


def _write_note(note: IO[str], text: str) -> None:
    note.truncate(0)
    note.write(text)
    note.flush()
