"""Other programs: what they inherit, and how their failure is told."""

import os
import re
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from .errors import ProjectError

# What `git rev-parse --local-env-vars` lists: a hook sets some of them, and a Git that inherits
# them works in the hook's repository and by its caller's `-c`, whatever its directory is. Only
# GIT_CONFIG_COUNT is kept: nothing but a person or a container sets it, to name a safe.directory.
GIT_LOCAL_VARIABLES = frozenset(
    {
        "GIT_ALTERNATE_OBJECT_DIRECTORIES",
        "GIT_COMMON_DIR",
        "GIT_CONFIG",
        "GIT_CONFIG_PARAMETERS",
        "GIT_DIR",
        "GIT_GRAFT_FILE",
        "GIT_IMPLICIT_WORK_TREE",
        "GIT_INDEX_FILE",
        "GIT_INTERNAL_SUPER_PREFIX",
        "GIT_NO_REPLACE_OBJECTS",
        "GIT_OBJECT_DIRECTORY",
        "GIT_PREFIX",
        "GIT_REPLACE_REF_BASE",
        "GIT_SHALLOW_FILE",
        "GIT_WORK_TREE",
    }
)
LINES_TOLD = 5  # of what a failed program printed last
LOGGED = re.compile(r"[EIW]\d{4} ")  # kubectl repeats its errors in this form


def run(
    command: Sequence[str | Path],
    directory: Path | None = None,
    environment: Mapping[str, str] | None = None,
    stdin: str | None = None,
    seconds: float | None = None,
    capture: bool = True,
) -> subprocess.CompletedProcess[str]:
    """Run a program to its end; the caller looks at the exit code.

    `environment` is by default this process's own. No program sees which repository a hook runs
    in: any of them may call Git.

    Raises:
        ProjectError: Program or directory is missing, or it takes longer than `seconds`.
    """
    words = [str(word) for word in command]
    with _told(words, directory, seconds):
        return subprocess.run(
            words,
            cwd=directory,
            env=outside_hooks(os.environ if environment is None else environment),
            input=stdin,
            capture_output=capture,
            encoding="utf-8",
            errors="surrogateescape",
            timeout=seconds,
            check=False,
        )


@contextmanager
def _told(words: list[str], directory: Path | None, seconds: float | None) -> Iterator[None]:
    """Make a sentence of what keeps a program from ending by itself."""
    if directory is not None and not directory.is_dir():
        raise ProjectError(f"{directory} is no directory, `{_shown(words)}` cannot run there.")
    try:
        yield
    except FileNotFoundError:
        raise ProjectError(f"{words[0]} is missing: install it and try again.") from None
    except subprocess.TimeoutExpired:
        raise ProjectError(f"`{_shown(words)}` has no answer after {seconds:g} s.") from None


def outside_hooks(environment: Mapping[str, str]) -> dict[str, str]:
    """Return an environment without what a Git hook was told about its repository."""
    return {name: value for name, value in environment.items() if name not in GIT_LOCAL_VARIABLES}


def output(
    command: Sequence[str | Path],
    directory: Path | None = None,
    stdin: str | None = None,
    seconds: float | None = None,
) -> str:
    """Run a program and return what it printed.

    Raises:
        ProjectError: As `run`, or the program failed; its last lines say why.
    """
    ended = run(command, directory=directory, stdin=stdin, seconds=seconds)
    if ended.returncode:
        lines = (ended.stdout + ended.stderr).strip().splitlines()
        last = [line for line in lines if not LOGGED.match(line)][-LINES_TOLD:]
        reason = "\n".join(last) or f"exit code {ended.returncode}"
        raise ProjectError(f"`{_shown([str(word) for word in command])}` failed: {reason}")
    return ended.stdout


def _shown(words: list[str]) -> str:
    return " ".join(words[:6])
