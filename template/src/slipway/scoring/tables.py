"""The tables that are scored: a file, or the rows of a day; both are read in parts."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import polars as pl

from .. import project, store
from ..errors import ProjectError
from ..settings import settings
from ..sources.files import FileFormat, scan, told

ROWS = 100_000  # of a part: memory holds a few, and a killed run does at most one again
SUFFIXES = (".csv", ".parquet")


@dataclass(frozen=True)
class Table:
    """A table: what it is called, where its scores go, and how it is read.

    `stem` begins the names of what is written to `place`, a directory or the URL of a bucket.
    `content` tells apart what had the same name at another time; empty, where that is the same.
    """

    title: str
    place: str
    stem: str
    content: str
    read: Callable[[], pl.LazyFrame]

    @cached_property
    def rows(self) -> pl.LazyFrame:
        """The rows; a day's are read once."""
        return self.read()

    def types(self) -> dict[str, Any]:
        """Return the type of each column.

        Raises:
            ProjectError: The table cannot be read.
        """
        with told(self.title):
            return dict(self.rows.collect_schema())

    def parts(self, columns: list[str]) -> Iterator[pl.DataFrame]:
        """Yield some columns of the rows, ROWS at a time but the last, cut at the same places.

        Raises:
            ProjectError: The table cannot be read to its end.
        """
        with told(self.title):
            asked = self.rows.select(columns)
            parts = iter(asked.collect_batches(chunk_size=ROWS, maintain_order=True))
        while True:
            with told(self.title):
                part = next(parts, None)
            if part is None:
                return
            yield part


def of_file(file: str) -> Table:
    """Return the table in a CSV or Parquet file, a path or the URL of a bucket's object.

    Its scores are written beside it. Of CSV all columns are texts: what they hold is read later.

    Raises:
        ProjectError: There is no such file, or it can be neither kind.
    """
    directory, slash, name = _absolute(file).rpartition("/")
    stem, dot, suffix = name.rpartition(".")
    if dot + suffix not in SUFFIXES or not stem or set(name) & set("*?["):
        raise ProjectError(f"{file} cannot be scored: name one file, .csv or .parquet.")
    place = directory or slash
    content = _object(place, name, file) if "://" in file else _digest(Path(place) / name, file)
    read = partial(scan, f"{directory}/{name}", FileFormat(), {})
    return Table(file, place, stem, content, read)


def of_day(day: date, environment: str) -> Table:
    """Return the rows of a day, as the source has them when they are read.

    Their scores go to the store of scores, below the environment. The source hands out a day at
    once, so that a day has to fit into memory.
    """

    def read() -> pl.LazyFrame:
        return project.source().read_features(day, day + timedelta(days=1)).lazy()

    return Table(f"the day {day}", f"{settings().scores}/{environment}", str(day), "", read)


def newest_day() -> date:
    """Return the newest day of the source that is over; of today there may be more."""
    return min(project.source().available()[1], date.today()) - timedelta(days=1)


def _absolute(file: str) -> str:
    return file if "://" in file else str(settings().data_root.absolute() / file)


def _digest(path: Path, file: str) -> str:
    """Return the SHA-256 of a file."""
    try:
        with path.open("rb") as opened:
            return hashlib.file_digest(opened, "sha256").hexdigest()
    except OSError as error:
        raise ProjectError(
            f"{file} cannot be read: {error.strerror}; look at the path, which starts in the "
            "project's root, and at its permissions."
        ) from None


def _object(place: str, name: str, file: str) -> str:
    """Return what tells an object of a bucket from an older one of its name."""
    with store.opened(place) as opened:
        try:
            about = opened.head(name)
        except FileNotFoundError:
            raise ProjectError(f"{file} is not there: look at the bucket and the name.") from None
    return f"{about['e_tag']} {about['size']} {about['last_modified']}"
