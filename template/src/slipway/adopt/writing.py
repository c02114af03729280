"""Write the files of adopt, all or none, and nothing that Git could not bring back."""

import importlib
import sys
from pathlib import Path

from .. import repository, schema
from ..errors import ProjectError
from ..files import write_bytes
from ..objectives import load
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
    paths += ["objectives.yaml", schema.DICTIONARY]
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
    """Write the texts and the data dictionary, try them, and return their paths in the project.

    Raises:
        ProjectError: A file cannot be written, or what was written does not work; all files are
            as before then.
    """
    root = settings().project_root
    before = {path: _bytes(root / path) for path in [*texts, schema.DICTIONARY]}
    try:
        for path, text in texts.items():
            write_bytes(root / path, text.encode())
        _forget_modules()
        load(root / "objectives.yaml")
        _try_source()
        write_bytes(root / schema.DICTIONARY, schema.data_dictionary().encode())
    except BaseException:
        for path, content in before.items():
            _restore(root / path, content)
        raise
    return [Path(path) for path in before]


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


def _bytes(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def _restore(path: Path, content: bytes | None) -> None:
    if content is not None:
        write_bytes(path, content)
    elif path.is_file():
        path.unlink()
