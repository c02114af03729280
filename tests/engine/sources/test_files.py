"""CSV and Parquet files as a source: the same rows, whatever they are kept in."""

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from parcels.schema import Features
from slipway.settings import settings
from slipway.sources import table as tables
from slipway.sources.files import FileFormat, files
from slipway.sources.table import Table
from slipway.training_data import quarantine
from tests.engine.sources.kit import END, FIRST, both, columns, features, labels, parcels

EXPECTED = parcels().drop("late")


def written(project: Path, frame: pl.DataFrame, suffix: str) -> str:
    path = project / f"parcels.{suffix}"
    frame.write_csv(path) if suffix == "csv" else frame.write_parquet(path)
    return path.name


@pytest.fixture(params=["csv", "parquet"])
def keep(request: pytest.FixtureRequest, project: Path) -> Callable[..., Table]:
    """Return a function that makes a source of a data frame, as CSV and as Parquet."""

    def make(frame: pl.DataFrame, **changes: object) -> Table:
        return files(written(project, frame, request.param), columns(**changes))

    return make


def test_a_table_gives_its_rows_and_outcomes_oldest_first(keep: Callable[..., Table]) -> None:
    read, outcomes = both(keep(parcels().reverse()))
    assert_frame_equal(read, EXPECTED.filter(pl.col("handed_over") < datetime(2024, 1, 9)))
    known = parcels().filter(pl.col("handed_over") < datetime(2024, 1, 6))
    assert_frame_equal(
        outcomes,
        known.select("parcel_id", pl.col("late").alias("label")).sort("parcel_id"),
    )


def test_a_table_says_which_days_it_has(keep: Callable[..., Table]) -> None:
    assert keep(parcels()).available() == (FIRST, END)


def test_a_directory_of_daily_files_is_one_table(project: Path) -> None:
    for (day,), rows in parcels().group_by(pl.col("handed_over").dt.date()):
        month = project / "rows" / f"{day:%Y-%m}"
        month.mkdir(parents=True, exist_ok=True)
        rows.write_parquet(month / f"{day}.parquet")
    (project / "rows" / "notes.txt").write_text("not a table")
    for path in ("rows", "rows/**/*.parquet", str(project / "rows")):
        table = files(path, columns())
        assert_frame_equal(features(table), EXPECTED)
        assert table.available() == (FIRST, END)


def test_files_of_a_spreadsheet_that_begin_with_a_mark_of_utf_8_are_one_table(
    project: Path,
) -> None:
    (project / "rows").mkdir()
    for (day,), rows in parcels().group_by(pl.col("handed_over").dt.date()):
        content = b"\xef\xbb\xbf" + rows.write_csv(datetime_format="%Y-%m-%dT%H:%M").encode()
        (project / "rows" / f"{day}.csv").write_bytes(content)
    assert_frame_equal(features(files("rows", columns())), EXPECTED)


def test_data_root_moves_the_files(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(tmp_path, parcels(), "parquet")
    monkeypatch.setenv("DATA_ROOT", str(tmp_path))
    settings.cache_clear()
    assert_frame_equal(features(files("parcels.parquet", columns())), EXPECTED)


def test_separators_and_decimal_commas_are_read(project: Path) -> None:
    commas = pl.col("weight", "distance").cast(pl.String).str.replace(".", ",", literal=True)
    frame = parcels().with_columns(commas)
    frame.write_csv(project / "parcels.csv", separator=";")
    laid_out = FileFormat(separator=";", decimal_comma=True)
    assert_frame_equal(features(files("parcels.csv", columns(), file_format=laid_out)), EXPECTED)


def test_names_of_columns_may_differ_from_those_of_the_schema(keep: Callable[..., Table]) -> None:
    odd = {"handed_over": "Handed over", "weight": "Weight (kg)", "depot": "Dépôt"}
    table = keep(parcels().rename(odd), time="Handed over", names=odd)
    assert_frame_equal(features(table), EXPECTED)


def test_a_key_of_the_row_number_stays_when_the_file_grows(keep: Callable[..., Table]) -> None:
    frame = parcels().sample(fraction=1, shuffle=True, seed=1)
    before = features(keep(frame[:300], key=None))
    after = features(keep(frame, key=None))
    assert before["parcel_id"].is_unique().all()
    assert_frame_equal(
        after.filter(pl.col("parcel_id").is_in(before["parcel_id"].to_list())), before
    )


def test_a_key_of_the_row_number_joins_features_and_outcomes(keep: Callable[..., Table]) -> None:
    table = keep(parcels().reverse(), key=None)
    read, outcomes = both(table)
    joined = read.join(outcomes, "parcel_id")
    known = parcels().filter(pl.col("handed_over") < datetime(2024, 1, 6))
    assert (
        joined["label"].to_list()
        == known.reverse().sort("handed_over", maintain_order=True)["late"].to_list()
    )


def test_no_outcome_is_read_before_it_was_known(keep: Callable[..., Table]) -> None:
    table = keep(parcels())
    times = parcels().select("parcel_id", "handed_over")
    for day in range(1, 16):
        as_of = date(2024, 1, day)
        known = table.read_labels(FIRST, END, as_of).join(times, "parcel_id")
        expected = [moment for moment in times["handed_over"] if moment.date().day <= day - 4]
        assert sorted(known["handed_over"]) == sorted(expected)


@pytest.mark.parametrize(
    ("values", "event", "known"),
    [
        (["yes", "no", "", " ", "NA", None, " yes"], "yes", [1, 0, 1]),
        (["yes", "No", "", "TRUE", None, "maybe"], True, [1, 0, 1, None]),
        ([True, False, None], True, [1, 0]),
        ([True, False, None], 1, [1, 0]),
        ([True, False, None], False, [0, 1]),
        ([1, 0, None], True, [1, 0]),
        ([1, 0, None, 2], 1, [1, 0, 0]),
        ([1.0, 0.0, float("nan"), None], 1, [1, 0]),
        (["1", "0", "", None], 1, [1, 0]),
    ],
)
def test_an_outcome_is_read_however_it_is_written(
    keep: Callable[..., Table], values: list[object], event: str | bool | int, known: list[int]
) -> None:
    frame = parcels()[: len(values)].with_columns(pl.Series("late", values))
    table = keep(frame.sort("parcel_id"), event=event)
    assert labels(table) == known
    assert len(features(table)) == len(values)


@pytest.mark.parametrize(
    ("yes", "no"), [(True, False), (1, 0), ("yes", "no"), ("TRUE", "FALSE"), ("t", "f")]
)
def test_yes_or_no_is_read_however_it_is_written(
    keep: Callable[..., Table], yes: object, no: object
) -> None:
    express = [yes if value else no for value in parcels()["express"]]
    table = keep(parcels().with_columns(pl.Series("express", express)))
    assert_frame_equal(features(table), EXPECTED)


def test_cells_that_cannot_be_read_are_null_and_then_in_quarantine(
    keep: Callable[..., Table],
) -> None:
    texts = pl.col("pieces", "distance", "express").cast(pl.String)
    frame = parcels().sort("parcel_id").with_columns(texts)
    for row, column in enumerate(("pieces", "distance", "express")):
        frame[row, column] = "many"
    read = features(keep(frame)).sort("parcel_id")
    assert read["pieces"][0] is None
    assert read["distance"][1] is None
    assert read["express"][2] is None
    divided = quarantine.split(read)
    assert divided.bad["parcel_id"].to_list() == frame["parcel_id"][:3].to_list()
    assert len(divided.good) == len(frame) - 3


def test_numbers_that_are_not_finite_are_null(keep: Callable[..., Table]) -> None:
    weights = [float("inf"), float("-inf"), float("nan"), None, 1.5]
    frame = parcels()[:5].with_columns(pl.Series("weight", weights)).sort("parcel_id")
    read = features(keep(frame)).sort("parcel_id")
    assert read["weight"].drop_nulls().to_list() == [1.5]


def test_texts_that_are_empty_are_null_and_others_are_kept(keep: Callable[..., Table]) -> None:
    frame = parcels()[:3].with_columns(pl.Series("country", ["", "NA", "007"]))
    read = features(keep(frame.sort("parcel_id"))).sort("parcel_id")
    assert sorted(read["country"].to_list(), key=str) == ["007", "NA", None]


def test_a_key_keeps_its_leading_zeros(project: Path) -> None:
    frame = parcels().with_columns(pl.col("parcel_id").str.replace("P", ""))
    table = files(written(project, frame, "csv"), columns())
    assert set(features(table)["parcel_id"]) == set(frame["parcel_id"])


def test_a_damaged_column_that_is_not_asked_for_does_no_harm(project: Path) -> None:
    unused, path = "unused" * 40, project / "parcels.parquet"
    frame = parcels().with_columns(pl.lit(unused).alias("unused"))
    frame.write_parquet(path, compression="uncompressed", statistics=False)
    content = path.read_bytes()
    assert unused.encode() in content
    path.write_bytes(content.replace(unused.encode(), b"\xff" * len(unused)))
    with pytest.raises(pl.exceptions.PolarsError):
        pl.read_parquet(path)
    assert_frame_equal(features(files(path.name, columns())), EXPECTED)


def test_only_row_groups_of_the_days_are_read(project: Path) -> None:
    path = project / "parcels.parquet"
    parcels().write_parquet(path, row_group_size=40, compression="uncompressed")
    first = EXPECTED.filter(pl.col("handed_over") < datetime(2024, 1, 2))["parcel_id"][0]
    content = path.read_bytes()
    assert first.encode() in content
    path.write_bytes(content.replace(first.encode(), b"\xff" * len(first)))
    table = files(path.name, columns())
    later = table.read_features(date(2024, 1, 5), END)
    assert_frame_equal(later, EXPECTED.filter(pl.col("handed_over") >= datetime(2024, 1, 5)))


def test_the_schema_decides_the_types(keep: Callable[..., Table]) -> None:
    dtypes = {name: column.dtype for name, column in Features.columns().items()}
    assert features(keep(parcels())).schema == dtypes
    assert tables.ROW not in dtypes
