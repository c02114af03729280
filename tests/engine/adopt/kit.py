"""A table that can be adopted, the command that adopts it, and what was written."""

import hashlib
import importlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import polars as pl

from slipway import command

PACKAGE = "loans"
FIRST = datetime(2024, 1, 1, 0, 10)


@dataclass(frozen=True)
class Result:
    """How the command ended, what it printed, and the project it worked in, with its files before.

    `sentence` is the one line of a refusal, which changes nothing.
    """

    code: int
    out: str
    err: str
    root: Path
    before: dict[str, str]

    @property
    def sentence(self) -> str:
        """Return why the table was refused."""
        assert self.code == 1, self.out
        assert tree(self.root) == self.before
        first, *more = self.err.splitlines()
        assert not more
        return first.removeprefix("error: ")

    def module(self, name: str) -> ModuleType:
        """Import a module that was written; only after a success."""
        assert self.code == 0, self.err
        return importlib.import_module(f"{PACKAGE}.{name}")

    @property
    def columns(self) -> dict[str, Any]:
        """The columns of Features by name."""
        return dict(self.module("schema").Features.columns())

    @property
    def changed(self) -> set[str]:
        """The paths of all files that are not as before."""
        after = tree(self.root)
        return {path for path, digest in after.items() if self.before.get(path) != digest}

    @property
    def reasons(self) -> dict[str, str]:
        """Why each column is left out, by its name; only of a table with short names."""
        table = self.out.partition("\n\n")[0].splitlines()
        cells = [re.split(r"  +", line.strip()) for line in table if "left out" in line]
        return {name: reason for name, _, *_, reason in cells}

    @property
    def notes(self) -> list[str]:
        """What the command had to say about the table as a whole."""
        lines = " ".join(self.out.split()).split("note: ")[1:]
        return [line.partition(". ")[0] for line in lines]

    def read(self) -> pl.DataFrame:
        """Return all rows as the written source reads them, after the quarantine."""
        from slipway.training_data import quarantine

        source = self.module("source")
        divided = quarantine.split(source.read_features(*source.available()))
        return divided.good

    def labels(self) -> pl.DataFrame:
        """Return all outcomes that are ever known."""
        source = self.module("source")
        labels: pl.DataFrame = source.read_labels(*source.available(), as_of=date(2100, 1, 1))
        return labels


ROWS = 400


def table(
    more: Mapping[str, Any] | None = None, /, rows: int = ROWS, days: int = 120, **columns: Any
) -> pl.DataFrame:
    """Return loans that are evenly spread over so many days; columns are added, or replace."""
    chance = np.random.default_rng(7)
    step = timedelta(days=days) / rows
    amount = chance.normal(100, 20, rows).round(2)
    unpaid = chance.random(rows) < 1 / (1 + np.exp(-(amount - 110) / 10))
    standard: dict[str, Any] = {
        "asked": [FIRST + step * row for row in range(rows)],
        "amount": amount,
        "branch": chance.choice(["north", "south", "west"], rows),
        "unpaid": unpaid.astype(int),
    }
    return pl.DataFrame({**standard, **(more or {}), **columns})


def text(**columns: Any) -> str:
    """Return the table as a CSV file, times as 2024-01-31 17:05."""
    return table(**columns).write_csv(datetime_format="%Y-%m-%d %H:%M")


def tree(root: Path) -> dict[str, str]:
    """Return a digest of every file of a project but those of Git."""
    files = [path for path in root.rglob("*") if path.is_file() and ".git" not in path.parts]
    return {
        path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
    }


def git(root: Path, *words: str) -> None:
    """Run Git in a project, as somebody."""
    identity = ["-c", "user.name=a", "-c", "user.email=a@example.com"]
    command.output(["git", *identity, *words], root)
