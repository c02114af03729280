"""A query of a SQL database as a source; SQLAlchemy knows the database by its URL.

PostgreSQL: postgresql+pg8000://user@host/database, MariaDB and MySQL: mysql+pymysql://...
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

import polars as pl

from ..errors import ProjectError
from .table import Columns, Table

if TYPE_CHECKING:
    from sqlalchemy import Engine

__all__ = ["Columns", "sql"]

ROWS = "rows_of_source"  # name of the query in the statements around it


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
        row = self._read(f"SELECT MIN({time}), MAX({time}) FROM ({self.query}) AS {ROWS}", {})  # noqa: S608
        first, last = row.select(pl.all().cast(pl.Datetime("us"))).row(0)
        return first, last

    def between(self, start: datetime, end: datetime) -> pl.LazyFrame:
        """Ask the database for what is between."""
        name = self.columns.time
        time = self._quoted(name)
        rows = self._read(
            f"SELECT * FROM ({self.query}) AS {ROWS} WHERE {time} >= :start AND {time} < :end",  # noqa: S608
            {"start": start, "end": end},
        )
        if getattr(rows.schema[name], "time_zone", None):
            raise ProjectError(
                f"The column {name!r} has a time zone: let the query of source.py return local "
                "times, in PostgreSQL by AT TIME ZONE 'Europe/Berlin'."
            )
        return rows.with_columns(pl.col(name).cast(pl.Datetime("us"))).lazy()

    def collect(self, rows: pl.LazyFrame) -> pl.DataFrame:
        """Compute from the rows, which are here already."""
        return rows.collect()

    @cached_property
    def _engine(self) -> "Engine":
        from sqlalchemy import create_engine

        if not os.environ.get(self.variable):
            raise ProjectError(
                f"The variable {self.variable} names no database: set it to a URL such as "
                "postgresql+pg8000://user@host/database."
            )
        return create_engine(os.environ[self.variable])

    def _quoted(self, name: str) -> str:
        return str(self._engine.dialect.identifier_preparer.quote_identifier(name))

    def _read(self, statement: str, parameters: dict[str, Any]) -> pl.DataFrame:
        from sqlalchemy import text

        with _told(self.variable), self._engine.connect() as connection:
            result = connection.execute(text(statement), parameters)
            return pl.DataFrame(
                [tuple(row) for row in result],
                schema=list(result.keys()),
                orient="row",
                infer_schema_length=None,
            )


@contextmanager
def _told(variable: str) -> Iterator[None]:
    """Turn what the database says into a sentence, without the URL and its password."""
    from sqlalchemy.exc import SQLAlchemyError

    try:
        yield
    except (SQLAlchemyError, OSError) as error:
        reason = str(getattr(error, "orig", error)).strip().partition("\n")[0]
        raise ProjectError(
            f"The database that {variable} names did not answer the query of source.py: {reason}."
        ) from None
