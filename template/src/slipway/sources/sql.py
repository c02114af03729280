"""A query of a SQL database as a source; SQLAlchemy knows the database by its URL.

PostgreSQL: postgresql+pg8000://user@host/database, MariaDB and MySQL: mysql+pymysql://...
"""

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from math import isfinite
from typing import TYPE_CHECKING, Any

import polars as pl

from ..errors import ProjectError
from .table import Columns, Table

if TYPE_CHECKING:
    from sqlalchemy import Engine

__all__ = ["Columns", "sql"]

ROWS = "rows_of_source"  # name of the query in the statements around it
ROWS_AT_ONCE = 50_000  # objects of Python, before they are a data frame
DECIMAL_END = 10**30  # polars holds 38 digits, those of the fraction included
PLAIN = {type(None), bool, int, float, str, date, datetime}  # of polars as well
HOST = re.compile(r"[\w.:-]*")  # anything else is part of a password that was not encoded
URL = "postgresql+pg8000://user:password@host/database"


def sql(variable: str, query: str, columns: Columns) -> Table:
    """Return the rows of a query as a source.

    `variable` names the environment variable that holds the database's URL, so that no password
    is in Git. Every read adds a condition on the time, which the query returns without a zone; an
    index on it pays. The key must be a column: rows of a database have no number.

    Raises:
        ProjectError: No column is the key.
    """
    if columns.key is None:
        raise ProjectError("A table of a database needs a key: name its column in source.py.")
    return Table(_Query(variable, query.strip().rstrip(";"), columns), columns)


@dataclass(frozen=True)
class _Query:
    variable: str
    query: str
    columns: Columns

    def bounds(self) -> tuple[datetime | None, datetime | None]:
        """Ask the database for the first and the last time."""
        time = self._quoted(self.columns.time)
        row = self._read(
            f"SELECT MIN({time}) AS first_time, MAX({time}) AS last_time FROM ({self.query}) AS {ROWS}"  # noqa: S608, E501
        )
        first, last = row.select(self._local(row, name) for name in row.columns).row(0)
        return first, last

    def between(self, start: datetime, end: datetime) -> pl.LazyFrame:
        """Ask the database for what is between."""
        name = self.columns.time
        time = self._quoted(name)
        rows = self._read(
            f"SELECT * FROM ({self.query}) AS {ROWS} WHERE {time} >= :start AND {time} < :end",  # noqa: S608
            start=start,
            end=end,
        )
        return rows.with_columns(self._local(rows, name)).lazy()

    def collect(self, rows: pl.LazyFrame) -> pl.DataFrame:
        """Compute from the rows, which are here already."""
        with self._told():
            return rows.collect()

    def _local(self, rows: pl.DataFrame, name: str) -> pl.Expr:
        dtype, column = rows.schema[name], self.columns.time
        if getattr(dtype, "time_zone", None):
            raise ProjectError(
                f"The column {column!r} has a time zone: let the query of source.py return local "
                "times, in PostgreSQL by AT TIME ZONE 'Europe/Berlin'."
            )
        if dtype not in (pl.Date, pl.Datetime, pl.Null):
            raise ProjectError(
                f"The column {column!r} is {dtype}: let the query of source.py return it as "
                "timestamp or date."
            )
        return pl.col(name).cast(pl.Datetime("us"))

    @cached_property
    def _engine(self) -> "Engine":
        from sqlalchemy import create_engine, make_url
        from sqlalchemy.exc import ArgumentError

        text = os.environ.get(self.variable)
        if not text:
            raise ProjectError(
                f"The variable {self.variable} names no database: set it to a URL such as {URL}."
            )
        try:
            url = make_url(text)
            if not HOST.fullmatch(url.host or ""):
                raise ValueError
            return create_engine(url)
        except (ArgumentError, ValueError):  # the reason could hold a part of the password
            raise ProjectError(
                f"The variable {self.variable} holds no URL of a database: write it as {URL}, with "
                "@ : / % # and ? in a password as %40 %3A %2F %25 %23 and %3F."
            ) from None
        except ImportError as error:
            raise ProjectError(
                f"The URL in {self.variable} needs {error.name}, which is not installed: let it "
                "begin with postgresql+pg8000:// or mysql+pymysql://."
            ) from None

    def _quoted(self, name: str) -> str:
        return str(self._engine.dialect.identifier_preparer.quote_identifier(name))

    def _read(self, statement: str, **parameters: datetime) -> pl.DataFrame:
        from sqlalchemy import text

        engine = self._engine
        with self._told(), engine.connect() as connection:
            streamed = connection.execution_options(yield_per=ROWS_AT_ONCE)
            result = streamed.execute(text(statement), parameters)
            names = list(result.keys())
            parts = [_frame(names, rows) for rows in result.partitions()] or [_frame(names, [])]
            return pl.concat(parts, how="vertical_relaxed")

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Turn what the database says into a sentence, without the URL and its password."""
        from sqlalchemy.exc import SQLAlchemyError

        try:
            yield
        except (SQLAlchemyError, pl.exceptions.PolarsError, OSError) as error:
            raise ProjectError(
                f"The database that {self.variable} names did not answer the query of source.py: "
                f"{_reason(error)}."
            ) from None


def _frame(names: list[str], rows: Sequence[Sequence[Any]]) -> pl.DataFrame:
    columns = zip(*rows, strict=True) if rows else [()] * len(names)
    return pl.DataFrame([_series(*column) for column in zip(names, columns, strict=True)])


def _series(name: str, values: Sequence[Any]) -> pl.Series:
    """Return a column; what polars has no type for, such as a UUID, as text."""
    kinds = {type(value) for value in values}
    if Decimal in kinds:
        return _numbers(name, values)
    if kinds - PLAIN:
        values = [None if value is None else str(value) for value in values]
    return pl.Series(name, values, strict=False)


def _numbers(name: str, values: Sequence[Any]) -> pl.Series:
    """Return decimals, as floats where polars cannot hold each: it would fail or lose them."""
    if all(value is None or (isfinite(value) and abs(value) < DECIMAL_END) for value in values):
        column = pl.Series(name, values, strict=False)
        if column.null_count() == values.count(None):
            return column
    return pl.Series(name, [None if value is None else float(value) for value in values])


def _reason(error: Exception) -> str:
    """Return the first line of what the driver said."""
    cause = getattr(error, "orig", None) or error
    said = cause.args[-1] if cause.args else cause
    if isinstance(said, dict):  # pg8000: the fields of PostgreSQL's answer
        said = said.get("M", said)
    return str(said).strip().partition("\n")[0].rstrip(".")
