"""List what `copier update` would take away without a word; nothing is written.

Copier merges most edits and marks conflicts. Silent are only these: an edited file that the new
version removes, moves or (when it is binary) replaces, a file ignored by Git that the new version
ships, an answer that the new version no longer accepts, and what is the user's in a directory that
the template leaves: it stays, but what has read the directory reads another one.
"""

import argparse
import difflib
import subprocess
import sys
import tempfile
from pathlib import Path, PurePosixPath
from typing import Any

from .template import ANSWERS_FILE, HookError, files, load_yaml, ownership, recorded, render

NONE_IGNORED = 1  # exit code of `git check-ignore`
SIMILAR = 0.5  # share of equal lines from which a new file counts as the old one under a new name


def _moved_to(path: Path, new: Path, candidates: set[str]) -> str | None:
    lines = path.read_text("utf-8", errors="replace").splitlines()
    for candidate in sorted(candidates):
        other = (new / candidate).read_text("utf-8", errors="replace").splitlines()
        if difflib.SequenceMatcher(None, lines, other).ratio() > SIMILAR:
            return candidate
    return None


def _lost_edits(project: Path, old: Path, new: Path, kept: set[str]) -> list[str]:
    """Name each edited file that the update would remove, move or replace."""
    before, after = files(old) - kept, files(new) - kept
    lost = []
    for path in sorted(before & files(project)):
        mine, base = (project / path).read_bytes(), (old / path).read_bytes()
        if mine == base:
            continue
        if path not in after:
            target = _moved_to(old / path, new, after - before)
            change = f"moves it to {target}" if target else "removes it"
            lost.append(f"{path}: you edited it and the new version {change}.")
        elif (new / path).read_bytes() != base and b"\0" in mine + base:
            lost.append(f"{path}: you edited it and the new version replaces it, it is binary.")
    return lost


def _overwritten(project: Path, added: set[str]) -> list[str]:
    """Name each file outside Git that the new version would write over."""
    there = sorted(path for path in added if (project / path).exists())
    command = ["git", "-C", str(project), "check-ignore", "--stdin", "-z"]
    ignored = subprocess.run(command, input="\0".join(there), capture_output=True, text=True)
    if ignored.returncode > NONE_IGNORED:
        raise HookError(f"Git cannot say what {project} ignores: {ignored.stderr.strip()}")
    names = [name for name in ignored.stdout.split("\0") if name]
    return [f"{name}: Git ignores it and the new version writes over it." for name in names]


def _left_behind(project: Path, before: set[str], after: set[str]) -> list[str]:
    """Name what is the user's in a directory of the root in which the new version has nothing."""
    gone = {path.partition("/")[0] for path in before if "/" in path}
    gone -= {path.partition("/")[0] for path in after}
    known = {parent.as_posix() for path in before for parent in PurePosixPath(path).parents}
    command = ["git", "-C", str(project), "ls-files", "-z", "--cached", "--others"]
    listed = subprocess.run([*command, "--exclude-standard"], capture_output=True, text=True)
    if listed.returncode:
        raise HookError(f"Git cannot list the files of {project}: {listed.stderr.strip()}")
    own = set(filter(None, listed.stdout.split("\0"))) - before
    names = {_topmost(path, known) for path in own if path.partition("/")[0] in gone}
    return [
        f"{name}: it is yours and the new version has nothing in {name.partition('/')[0]}/ any "
        "more; the changelog says what reads it now, and where."
        for name in sorted(names)
    ]


def _topmost(path: str, known: set[str]) -> str:
    """Return the outermost directory of a path that is not known, else the path."""
    parents = [parent.as_posix() for parent in reversed(PurePosixPath(path).parents)]
    return next((parent for parent in parents if parent not in known), path)


def _reset_answers(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """Name each recorded answer that the new version drops or replaces."""
    lost = []
    for name, value in old.items():
        now = new.get(name)
        yes_or_no = isinstance(now, bool) and str(now).lower() == str(value).lower()
        chose_nothing = name not in new and value == "none"
        if name.startswith("_") or now == value or yes_or_no or chose_nothing:
            continue
        after = f"becomes {new[name]!r}" if name in new else "is no longer asked"
        lost.append(f"answer {name}: {value!r} {after}.")
    return lost


def losses(project: Path, vcs_ref: str | None, data: dict[str, str]) -> list[str]:
    """Return one sentence for each thing that the update would lose."""
    answers = recorded(project)
    version = answers["_commit"] if vcs_ref == ":current:" else vcs_ref
    with tempfile.TemporaryDirectory() as directory:
        old, new = Path(directory) / "old", Path(directory) / "new"
        render(project, answers["_commit"], old, {})
        render(project, version, new, data)
        owner = ownership(load_yaml(new / ANSWERS_FILE))
        kept = {path for path in files(old) if owner.user.match_file(path)}
        kept |= {path for path in files(new) if owner.is_users(path)} | {ANSWERS_FILE}
        return [
            *_lost_edits(project, old, new, kept),
            *_overwritten(project, files(new) - files(old) - kept),
            *_left_behind(project, files(old), files(new)),
            *_reset_answers(answers | data, load_yaml(new / ANSWERS_FILE)),
        ]


def _pair(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    return name, value


def main(arguments: list[str] | None = None) -> int:
    """Print what the update would lose and return 1 if that is anything."""
    parser = argparse.ArgumentParser(description="List what copier update would silently lose.")
    parser.add_argument("project", type=Path, nargs="?", default=Path())
    parser.add_argument("--vcs-ref", help="as for copier update")
    parser.add_argument("--data", type=_pair, action="append", default=[], metavar="NAME=VALUE")
    options = parser.parse_args(arguments)
    try:
        found = losses(options.project, options.vcs_ref, dict(options.data))
    except HookError as error:
        found = [f"error: {error}"]
    print("\n".join(found) or "Nothing would be lost.", file=sys.stderr if found else sys.stdout)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
