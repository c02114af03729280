"""CSV or Parquet files as a source: one file, all of a directory, or those of a bucket.

They are read lazily: of Parquet only the columns and the row groups that are asked for.
"""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

import polars as pl

from ..errors import ProjectError
from ..settings import settings
from .heads import head, not_utf8
from .outcomes import NULLS
from .table import ROW, Columns, Table
from .times import TimeFormat, to_local

__all__ = ["Columns", "FileFormat", "TimeFormat", "files"]

FAILURES = (
    *(pl.exceptions.PolarsError, pl.exceptions.PanicException),
    *(OSError, UnicodeDecodeError),
)
CACHED_PATH = re.compile(r" \(path: \S+\)")  # polars names what it read first from a bucket
BUCKET: dict[str, Any] = {  # polars tries twice: a silent bucket is given up after 30 seconds
    "connect_timeout": "5s",
    "read_timeout": "15s",
    "timeout": "600s",
    "max_retries": 3,
    "retry_timeout_ms": 5000,
}
VARIABLES = (
    *("AWS_ACCESS_KEY_ID", "AWS_ALLOW_HTTP", "AWS_ENDPOINT_URL"),
    *("AWS_REGION", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"),
)
OWN = "SOURCE_"  # before variables of the bucket with the rows, where it is not that of snapshots


@dataclass(frozen=True, kw_only=True)
class FileFormat:
    """How files are written; Parquet needs none of it."""

    separator: str = ","
    decimal_comma: bool = False


def files(
    path: str,
    columns: Columns,
    time_format: TimeFormat | None = None,
    file_format: FileFormat | None = None,
) -> Table:
    """Return the rows of the files at `path` as a source.

    `path` is a file or a directory, relative to the project's root or absolute, or the URL of a
    file or a pattern in a bucket, such as s3://rows/2024/*.parquet. A bucket is reached by the
    variables that the cloud's own tools read; SOURCE_AWS_ACCESS_KEY_ID and others win over them.
    """
    written, laid_out = time_format or TimeFormat(), file_format or FileFormat()
    return Table(_Files(path, columns, written, laid_out), columns)


@dataclass(frozen=True)
class _Files:
    path: str
    columns: Columns
    time_format: TimeFormat
    file_format: FileFormat

    def bounds(self) -> tuple[datetime | None, datetime | None]:
        """Read the column of times alone."""
        time = pl.col(self.columns.time)
        row = self.collect(self._rows.select(time.min().alias("first"), time.max().alias("last")))
        return row["first"][0], row["last"][0]

    def between(self, start: datetime, end: datetime) -> pl.LazyFrame:
        """Return what is between, with the number of each row where a key is made of it."""
        return self._rows.filter(pl.col(self.columns.time).is_between(start, end, closed="left"))

    def collect(self, rows: pl.LazyFrame) -> pl.DataFrame:
        """Read in pieces, so that only the result has to fit into memory."""
        with told(self.path):
            return rows.collect(engine="streaming")

    @cached_property
    def _rows(self) -> pl.LazyFrame:
        name = self.columns.time
        rows = scan(self.path, self.file_format, self._types())
        if self.columns.key is None:
            rows = rows.with_row_index(ROW)
        with told(self.path):
            dtype = rows.collect_schema().get(name)
        written = self.time_format
        if dtype is None:
            raise ProjectError(f"{self.path} has no column {name!r}: mend source.py.")
        if dtype.is_numeric() and not (written.epoch or written.text):
            raise ProjectError(
                f"The times in {name!r} are numbers: say what they count since 1970 in source.py, "
                'such as time_format=TimeFormat(epoch="s").'
            )
        with told(self.path):
            return self._with_points(rows).with_columns(to_local(pl.col(name), dtype, written))

    def _with_points(self, rows: pl.LazyFrame) -> pl.LazyFrame:
        """Write a number that is the outcome with a point: it was read as text."""
        outcome, comma = self.columns.outcome, self.file_format.decimal_comma
        if comma and self.columns.has_number and rows.collect_schema().get(outcome) == pl.String:
            return rows.with_columns(pl.col(outcome).str.replace(",", ".", literal=True))
        return rows

    def _types(self) -> dict[str, Any]:
        """Return as what each column of a CSV file is read: text, but for numbers of Features."""
        columns = self.columns
        schema = columns.schema.columns()
        types = {columns.name_in_table(name): column.dtype for name, column in schema.items()}
        return {name: dtype for name, dtype in types.items() if dtype.is_numeric()}


def scan(path: str, file_format: FileFormat, types: dict[str, Any] | None = None) -> pl.LazyFrame:
    """Return the files at `path` as a lazy frame.

    `types` says which columns of a CSV file are numbers, all others are texts; without it they are
    inferred from all rows.

    Raises:
        ProjectError: There is no such file, or it cannot be read.
    """
    with told(path):
        place = locate(path)
        if place.endswith(".csv"):
            if "://" not in place:
                head(place)
            return _scan_csv(place, file_format, types)
        return pl.scan_parquet(place, **_bucket(place))


def _scan_csv(place: str, file_format: FileFormat, types: dict[str, Any] | None) -> pl.LazyFrame:
    return pl.scan_csv(
        place,
        separator=file_format.separator,
        decimal_comma=file_format.decimal_comma,
        schema_overrides=types,
        infer_schema=types is None,
        infer_schema_length=None,
        null_values=NULLS if types is None else None,
        ignore_errors=types is not None,
        **_bucket(place),
    )


def locate(path: str) -> str:
    """Return where the files are, with a pattern for a directory.

    Raises:
        ProjectError: There is no such file, or a directory holds neither kind.
    """
    if "://" in path:
        return path
    place = settings().data_root / path
    if any(character in path for character in "*?["):
        return str(place)
    if place.is_dir():
        for suffix in (".parquet", ".csv"):
            if any(place.rglob(f"*{suffix}")):
                return str(place / "**" / f"*{suffix}")
        raise ProjectError(f"The directory {place} holds no .parquet and no .csv file.")
    if not place.exists():
        raise ProjectError(
            f"{place} is missing: put the rows there, or mend the path in source.py."
        )
    return str(place)


def _bucket(place: str) -> dict[str, Any]:
    """Return how a bucket is reached, in words: what only variables say, polars reads once."""
    if "://" not in place:
        return {}
    values = {name: os.environ.get(OWN + name, os.environ.get(name)) for name in VARIABLES}
    options = {name.lower(): value for name, value in values.items() if value}
    return {"storage_options": {**BUCKET, **options}}


@contextmanager
def told(path: str) -> Iterator[None]:
    """Turn what goes wrong with files into a sentence."""
    try:
        yield
    except FAILURES as error:
        reason = CACHED_PATH.sub("", str(error).strip().partition("\n")[0]).rstrip(".")
        if "expanded paths were empty" in reason:
            reason = "no file is there"
        if isinstance(error, UnicodeDecodeError) or "invalid utf-8" in reason:
            reason = not_utf8(getattr(error, "object", b""))
        raise ProjectError(f"{path} cannot be read: {reason}.") from None
