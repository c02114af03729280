"""Write the files of adopt, all or none, and nothing that Git could not bring back."""

import ast
import importlib
import sys
from datetime import date
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
    paths = [_path(name) for name in MODULES]
    paths += ["objectives.yaml", *_derived()]
    if not repository.exists() or not repository.has_commit():
        raise ProjectError(
            "Adopt replaces files, and this project has no commit that keeps them: run `git init`, "
            "commit everything and try again."
        )
    _require_committed(paths)
    _require_committed(leftovers())  # asks the source, which may be broken while it is edited
    if not replace and not getattr(source(), "EXAMPLE", ""):
        raise ProjectError(
            f"The data is your own by now, and adopt would replace {', '.join(paths)} with what "
            "was edited there: change them by hand, or say REPLACE=yes (--replace)."
        )


def _require_committed(paths: list[str]) -> None:
    changed = repository.read("status", "--porcelain", "--", *paths).splitlines() if paths else []
    if changed:
        names = ", ".join(line[3:] for line in changed)
        raise ProjectError(f"Adopt would replace {names}, which is not committed: commit it first.")


def leftovers() -> list[str]:
    """Name the modules that nothing but the example's own modules imports: they go with it."""
    if not getattr(source(), "EXAMPLE", ""):
        return []
    home = settings().project_root / "src" / project().package
    imported = {path.stem: _imports(path) for path in home.glob("*.py")}
    example = set().union(*(imported[name] for name in MODULES))
    others = set().union(*(names for name, names in imported.items() if name not in MODULES))
    return [_path(name) for name in sorted(example - others - {*MODULES}) if name in imported]


def _imports(path: Path) -> set[str]:
    """Return the names of modules beside this one that it imports."""
    nodes = ast.walk(ast.parse(path.read_text("utf-8")))
    return {
        node.module
        for node in nodes
        if isinstance(node, ast.ImportFrom) and node.level and node.module
    }


def _path(name: str) -> str:
    return f"src/{project().package}/{name}.py"


def write(texts: dict[str, str], obsolete: list[str]) -> list[Path]:
    """Write the texts and what follows from them, try them, and return their paths in the project.

    What is `obsolete` is removed.

    Raises:
        ProjectError: A file cannot be written, or what was written does not work; all files are
            as before then.
    """
    root = settings().project_root
    paths = [*texts, *_derived()]
    try:
        with all_or_nothing(root / path for path in [*paths, *obsolete]):
            for path, text in texts.items():
                write_bytes(root / path, text.encode())
            for path in obsolete:
                (root / path).unlink()
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
    from ..training_data import labels, quarantine

    adopted = source()
    first, end = adopted.available()
    quarantine.split(adopted.read_features(first, end))
    labels.check(adopted.read_labels(first, end, date.max))


def _forget_modules() -> None:
    """Let the next import read what is written now."""
    package = project().package
    for name in MODULES:
        sys.modules.pop(f"{package}.{name}", None)
    importlib.invalidate_caches()
