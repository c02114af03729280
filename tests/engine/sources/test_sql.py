"""A query of a real PostgreSQL and a real MariaDB as a source."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
import sqlalchemy as sa
from polars.testing import assert_frame_equal

from slipway.sources import sql as module
from slipway.sources.files import files
from slipway.sources.sql import sql
from slipway.sources.table import Table
from tests.engine.sources.databases import PASSWORD
from tests.engine.sources.kit import both, columns, features, labels, parcels, sentence

QUERY = "SELECT * FROM parcels"
Store = Callable[[pl.DataFrame], None]


def table(query: str = QUERY, **changes: object) -> Table:
    return sql("DATABASE_URL", query, columns(**changes))


def execute(url: str, *statements: str) -> None:
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(sa.text(statement))
    engine.dispose()


def test_a_database_gives_what_the_same_table_as_parquet_gives(store: Store, project: Path) -> None:
    store(parcels())
    parcels().write_parquet(project / "parcels.parquet")
    from_file = both(files("parcels.parquet", columns()))
    from_database = both(table())
    assert len(from_file[0]) == 320
    assert len(from_file[1]) == 200
    for database, file in zip(from_database, from_file, strict=True):
        assert_frame_equal(database, file)
    assert table().available() == (date(2024, 1, 1), date(2024, 1, 11))


def test_rows_that_come_in_pieces_are_the_same_rows(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    late_weights = pl.when(pl.int_range(pl.len()) > 200).then(pl.col("weight"))
    store(parcels().with_columns(late_weights.alias("weight")))
    whole = features(table())
    monkeypatch.setattr(module, "ROWS_AT_ONCE", 30)
    assert_frame_equal(features(table()), whole)
    assert whole["weight"].null_count() > 200


def test_an_outcome_that_is_null_is_not_known(store: Store) -> None:
    store(parcels().with_columns(pl.Series("late", [1, 0, None, *[1] * 397], pl.Int8)))
    assert labels(table()) == [1, 0, *[1] * 397]


@pytest.mark.parametrize("event", [1, True])
def test_a_boolean_is_an_outcome(store: Store, event: int) -> None:
    store(parcels().with_columns(pl.col("late").cast(pl.Boolean)))
    assert labels(table(event=event)) == parcels().sort("parcel_id")["late"].to_list()


def test_columns_may_have_other_names_and_the_query_a_semicolon(store: Store) -> None:
    odd = {"handed_over": "Handed Over", "weight": "Weight (kg)"}
    store(parcels().rename(odd))
    renamed = table(f"{QUERY} ;\n", time="Handed Over", names=odd)
    assert_frame_equal(features(renamed), parcels().drop("late"))


def test_a_query_may_hold_percent_signs_and_colons(store: Store) -> None:
    store(parcels())
    query = f"{QUERY} WHERE depot LIKE 'B%' AND parcel_id <> '12:30'"
    assert set(features(table(query))["depot"]) == {"BER"}


def test_a_table_without_rows_is_one_sentence(store: Store) -> None:
    store(parcels().clear())
    assert sentence(table().available) == "No row has a time in the column 'handed_over'."
    assert features(table()).is_empty()


def test_numbers_and_keys_of_every_type_are_read(
    postgres: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    execute(
        postgres,
        "DROP TABLE IF EXISTS kinds",
        "CREATE TABLE kinds (parcel_id uuid, handed_over date, depot text, country char(2), "
        "weight float8, distance numeric(8, 2), pieces smallint, express boolean, late text)",
        "INSERT INTO kinds VALUES ('7b0c1b5e-3c39-4b0c-8f6e-0d7d2f6f5f10', '2024-01-02', 'BER', "
        "'DE', 'NaN', 12.5, 3, true, 'yes'), ('7b0c1b5e-3c39-4b0c-8f6e-0d7d2f6f5f11', "
        "'2024-01-03', 'HAM', 'DE', 1.5, 'NaN', 4, false, '')",
    )
    monkeypatch.setenv("DATABASE_URL", postgres)
    kinds = table("SELECT * FROM kinds", event="yes")
    rows = features(kinds)
    assert rows["parcel_id"][0] == "7b0c1b5e-3c39-4b0c-8f6e-0d7d2f6f5f10"
    assert rows["handed_over"].to_list() == [datetime(2024, 1, 2), datetime(2024, 1, 3)]
    assert rows["weight"].to_list() == [None, 1.5]
    assert rows["distance"].to_list() == [12.5, None]
    assert rows["pieces"].to_list() == [3, 4]
    assert labels(kinds) == [1]


@pytest.mark.parametrize("bad", ["1e300", "-Infinity", "1e-30"])
def test_decimals_that_polars_cannot_hold_are_read_as_floats(bad: str) -> None:
    (column,) = module._frame(["price"], [(Decimal(bad),), (Decimal("1e20"),), (None,)])
    assert column.to_list() == [float(bad), 1e20, None]


def test_a_time_with_a_zone_is_one_sentence(postgres: str, monkeypatch: pytest.MonkeyPatch) -> None:
    execute(
        postgres,
        "DROP TABLE IF EXISTS zoned",
        "CREATE TABLE zoned AS SELECT 'P1' AS parcel_id, now() AS handed_over, 1 AS late",
    )
    monkeypatch.setenv("DATABASE_URL", postgres)
    zoned = table("SELECT * FROM zoned")
    for call in (zoned.available, lambda: features_of_today(zoned)):
        assert "'handed_over' has a time zone" in sentence(call)
    local = "SELECT parcel_id, late, handed_over AT TIME ZONE 'UTC' AS handed_over FROM zoned"
    assert table(local).available()[0] == datetime.now().astimezone().date()


def features_of_today(zoned: Table) -> object:
    return zoned.read_features(date(2024, 1, 1), date(2100, 1, 1))


def test_a_time_that_is_a_text_is_one_sentence(store: Store) -> None:
    store(parcels().with_columns(pl.col("handed_over").dt.to_string("%Y-%m-%d %H:%M:%S")))
    assert "'handed_over' is String" in sentence(table().available)


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("SELECT * FROM nowhere", "nowhere"),
        ("SELECT FROM WHERE", "syntax"),
        ("SELECT parcel_id FROM parcels", "handed_over"),
        ("SELECT parcel_id, handed_over FROM parcels", "depot"),
        ("SELECT * FROM parcels WHERE depot = :depot", "depot"),
    ],
)
def test_a_query_that_is_wrong_is_one_sentence(store: Store, query: str, reason: str) -> None:
    store(parcels())
    text = sentence(lambda: features(table(query)))
    assert text.startswith("The database that DATABASE_URL names did not answer the query")
    assert reason in text


def test_a_server_that_is_away_is_one_sentence(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", sa.make_url(database).set(port=1).render_as_string(False))
    text = sentence(table().available)
    assert "127.0.0.1" in text
    assert "s3cret" not in text


def test_a_wrong_password_is_refused_and_not_shown(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = sa.make_url(database).set(password=f"not {PASSWORD}")
    monkeypatch.setenv("DATABASE_URL", url.render_as_string(hide_password=False))
    text = sentence(table().available)
    assert "owner" in text
    assert "s3cret" not in text


@pytest.mark.parametrize(
    "url",
    [
        "secret",
        "secret://host/shop",
        "postgresql+pg8000://owner:se@cret@host/shop",
        "mysql+pymysql://owner:secret@host:secret/shop",
    ],
)
def test_a_wrong_url_is_one_sentence_without_any_part_of_it(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    text = sentence(table().available)
    assert text.startswith("The variable DATABASE_URL holds no URL of a database")
    assert "cret" not in text


def test_a_driver_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql+psycopg2://owner:secret@host/shop")
    text = sentence(table().available)
    assert "psycopg2" in text
    assert "secret" not in text


@pytest.mark.parametrize("value", [None, ""])
def test_a_variable_that_is_not_set_is_one_sentence(
    value: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    if value is not None:
        monkeypatch.setenv("DATABASE_URL", value)
    assert "DATABASE_URL names no database" in sentence(table().available)


def test_a_table_without_a_key_is_refused() -> None:
    assert "needs a key" in sentence(lambda: table(key=None))
