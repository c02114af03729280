"""A project with a package of its own, all of it committed, and the command that adopts."""

import importlib
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl
import pytest

from slipway import cli
from slipway.project import project as current_project

from ..kit import PROJECT
from .kit import PACKAGE, Result, git, tree

Adopt = Callable[..., Result]


@pytest.fixture
def home(project: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return the root of a committed project whose package can be rewritten and imported anew."""
    package = project / "src" / PACKAGE
    shutil.copytree(PROJECT / "src" / "parcels", package, ignore=shutil.ignore_patterns("__pyc*"))
    settings = (project / "pyproject.toml").read_text("utf-8")
    (project / "pyproject.toml").write_text(settings.replace("parcels", PACKAGE), "utf-8")
    with (package / "source.py").open("a", encoding="utf-8") as source:
        source.write('EXAMPLE = "parcels that were made up"\n')
    (project / "docs").mkdir()
    (project / "docs" / "data-dictionary.md").write_text("# Data dictionary\n", "utf-8")
    git(project, "init", "-q")
    git(project, "add", "-A")
    git(project, "commit", "-qm", "the example")
    monkeypatch.syspath_prepend(project / "src")
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    monkeypatch.chdir(project)
    current_project.cache_clear()
    importlib.invalidate_caches()
    yield project
    for name in [name for name in sys.modules if name.partition(".")[0] == PACKAGE]:
        del sys.modules[name]


@pytest.fixture
def adopt(home: Path, capsys: pytest.CaptureFixture[str]) -> Adopt:
    """Return a function that adopts a frame, the bytes of a CSV file, or what is at a path."""

    def run(rows: pl.DataFrame | bytes | str, *words: str, path: str = "") -> Result:
        path = path or ("rows.csv" if isinstance(rows, bytes) else "rows.parquet")
        (home / path).parent.mkdir(parents=True, exist_ok=True)
        if isinstance(rows, bytes):
            (home / path).write_bytes(rows)
        elif isinstance(rows, str):
            path = rows
        else:
            rows.write_parquet(home / path)
        before = tree(home)
        code = cli.main(["adopt", path, "--time=asked", "--outcome=unpaid", *words])
        shown = capsys.readouterr()
        return Result(code, shown.out, shown.err, home, before)

    return run
