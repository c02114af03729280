"""A project of two weeks' age with a package of its own, all of it committed."""

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
from .kit import PACKAGE, Result, git

Adopt = Callable[..., Result]


@pytest.fixture
def home(project: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return the root of a committed project whose package can be rewritten and imported anew."""
    package = project / "src" / PACKAGE
    shutil.copytree(PROJECT / "src" / "parcels", package, ignore=shutil.ignore_patterns("__pyc*"))
    settings = (project / "pyproject.toml").read_text("utf-8")
    (project / "pyproject.toml").write_text(settings.replace("parcels", PACKAGE), "utf-8")
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
    """Return a function that runs `slipway adopt` on a frame or on the path of a file."""

    def run(rows: pl.DataFrame | str, *words: str, time: str = "asked", **options: str) -> Result:
        path = rows if isinstance(rows, str) else "rows.parquet"
        if isinstance(rows, pl.DataFrame):
            rows.write_parquet(home / path)
        outcome = options.get("outcome", "unpaid")
        asked = ["adopt", path, f"--time={time}", f"--outcome={outcome}", *words]
        code = cli.main(asked)
        shown = capsys.readouterr()
        return Result(code, shown.out, shown.err, home)

    return run
