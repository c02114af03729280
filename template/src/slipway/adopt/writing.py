"""Write the files of adopt, all or none, and nothing that Git could not bring back."""

import importlib
import sys
from pathlib import Path

from .. import repository, rules, schema
from ..errors import ProjectError
from ..files import all_or_nothing, write_bytes
from ..objectives import objectives
from ..project import project, source
from ..settings import settings

MODULES = ("source", "schema", "features")


def require_nothing_lost(*, replace: bool) -> None:
    """Refuse where somebody's work would be replaced unasked, or could not be brought back.

    Raises:
        ProjectError: The project is in no repository, one of the files is not committed, or the
            source is no example any more and `replace` was not said.
    """
    paths = [f"src/{project().package}/{name}.py" for name in MODULES]
    paths += ["objectives.yaml", *_derived()]
    if not repository.exists() or not repository.has_commit():
        raise ProjectError(
            "Adopt replaces files, and this project has no commit that keeps them: run `git init`, "
            "commit everything and try again."
        )
    changed = repository.read("status", "--porcelain", "--", *paths).splitlines()
    if changed:
        names = ", ".join(line[3:] for line in changed)
        raise ProjectError(f"Adopt would replace {names}, which is not committed: commit it first.")
    if not replace and not getattr(source(), "EXAMPLE", ""):
        raise ProjectError(
            f"The data is your own by now, and adopt would replace {', '.join(paths)} with what "
            "was edited there: change them by hand, or say REPLACE=yes (--replace)."
        )


def write(texts: dict[str, str]) -> list[Path]:
    """Write the texts and what follows from them, try them, and return their paths in the project.

    Raises:
        ProjectError: A file cannot be written, or what was written does not work; all files are
            as before then.
    """
    root = settings().project_root
    paths = [*texts, *_derived()]
    try:
        with all_or_nothing(root / path for path in paths):
            for path, text in texts.items():
                write_bytes(root / path, text.encode())
            _forget_modules()
            objectives.cache_clear()
            objectives()
            _try_source()
            derived = rules.texts()
            derived[schema.DICTIONARY] = schema.data_dictionary()
            for path, text in derived.items():
                write_bytes(root / path, text.encode())
    except BaseException:
        objectives.cache_clear()
        raise
    return [Path(path) for path in dict.fromkeys(paths)]


def _derived() -> list[str]:
    """Name what is written from the schema and the objectives."""
    return [schema.DICTIONARY, *rules.paths()]


def _try_source() -> None:
    """Read the newest rows as a training would."""
    from ..training_data import quarantine

    adopted = source()
    first, end = adopted.available()
    quarantine.split(adopted.read_features(first, end))


def _forget_modules() -> None:
    """Let the next import read what is written now."""
    package = project().package
    for name in MODULES:
        sys.modules.pop(f"{package}.{name}", None)
    importlib.invalidate_caches()
