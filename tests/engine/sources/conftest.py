"""Servers that the tests of a worker share, and a table in each."""

from collections.abc import Callable, Iterator
from typing import Any

import polars as pl
import pytest
import sqlalchemy as sa

from tests.engine.sources import databases

TYPES: dict[Any, Any] = {
    pl.Boolean: sa.Boolean,
    pl.Float32: sa.Double,
    pl.Int64: sa.BigInteger,
    pl.Int8: sa.SmallInteger,
    pl.String: sa.String(40),
}


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """Return the URL of a PostgreSQL."""
    with databases.postgres() as url:
        yield url


@pytest.fixture(scope="session")
def mariadb() -> Iterator[str]:
    """Return the URL of a MariaDB."""
    with databases.mariadb() as url:
        yield url


@pytest.fixture(params=["postgres", "mariadb"])
def database(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the URL of a database, which the variable DATABASE_URL holds as well."""
    url: str = request.getfixturevalue(request.param)
    monkeypatch.setenv("DATABASE_URL", url)
    return url


@pytest.fixture
def store(database: str) -> Callable[[pl.DataFrame], None]:
    """Return a function that makes the table `parcels` of a data frame."""

    def make(frame: pl.DataFrame) -> None:
        kinds = {name: TYPES.get(dtype, sa.DateTime) for name, dtype in frame.schema.items()}
        metadata = sa.MetaData()
        columns = [sa.Column(name, kind) for name, kind in kinds.items()]
        table = sa.Table("parcels", metadata, *columns)
        engine = sa.create_engine(database)
        with engine.begin() as connection:
            metadata.drop_all(connection)
            metadata.create_all(connection)
            if len(frame):
                connection.execute(table.insert().values(frame.to_dicts()))
        engine.dispose()

    return make
