"""Compare a project with what its recorded template version renders; nothing is written.

Files are in three classes. Template-owned and edited: fine, but later versions have to be merged
there. The user's, or seeded once: differences are expected. Missing: an update will not bring
the file back, so restore it or know why it is gone; only these make the exit code 1.
"""

import argparse
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from .template import ANSWERS_FILE, HookError, files, ownership, recorded, render


@dataclass(frozen=True)
class Drift:
    """Paths that differ from a fresh render, sorted, by class."""

    edited: list[str]
    users: list[str]
    missing: list[str]


def compare(project: Path) -> Drift:
    """Render the recorded version and sort what differs into the three classes."""
    answers = recorded(project)
    owner = ownership(answers)
    drift = Drift([], [], [])
    with tempfile.TemporaryDirectory() as directory:
        fresh = Path(directory) / "fresh"
        render(project, answers["_commit"], fresh, {})
        for path in sorted(files(fresh) - {ANSWERS_FILE}):
            mine = project / path
            if mine.is_file() and mine.read_bytes() == (fresh / path).read_bytes():
                continue
            if owner.is_users(path):
                drift.users.append(path)
            elif mine.is_file():
                drift.edited.append(path)
            else:
                drift.missing.append(path)
    return drift


def main(arguments: list[str] | None = None) -> int:
    """Print the three classes and return 1 if a template-owned file is missing."""
    parser = argparse.ArgumentParser(description="Compare a project with its template version.")
    parser.add_argument("project", type=Path, nargs="?", default=Path())
    try:
        drift = compare(parser.parse_args(arguments).project)
    except HookError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    for title, paths in (
        ("template-owned, edited", drift.edited),
        ("yours or seeded, changed", drift.users),
        ("template-owned, missing", drift.missing),
    ):
        print(f"{title}: {len(paths)}", *(f"  {path}" for path in paths), sep="\n")
    return 1 if drift.missing else 0


if __name__ == "__main__":
    sys.exit(main())
