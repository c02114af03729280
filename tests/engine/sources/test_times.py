"""Times as tables hold them, and as models know them: local, to the minute."""

from datetime import date, datetime
from pathlib import Path

import polars as pl
import pytest

from slipway.sources.files import TimeFormat, files
from slipway.sources.table import Table
from tests.engine.sources.kit import columns, features, parcels, sentence

NOON = datetime(2024, 1, 2, 12, 34)
UTC_NOON = 1_704_198_840  # the same in UTC, in seconds since 1970


def table(project: Path, suffix: str, time: pl.Series, written: TimeFormat | None) -> Table:
    frame = parcels()[: len(time)].with_columns(time.alias("handed_over"))
    path = project / f"parcels.{suffix}"
    frame.write_csv(path) if suffix == "csv" else frame.write_parquet(path)
    return files(path.name, columns(), time_format=written)


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("2024-01-02 12:34", TimeFormat()),
        ("2024-01-02T12:34:56.789", TimeFormat()),
        ("02.01.2024 12:34", TimeFormat(text="%d.%m.%Y %H:%M")),
        ("01/02/2024 12:34", TimeFormat(text="%m/%d/%Y %H:%M")),
        ("20240102 1234", TimeFormat(text="%Y%m%d %H%M")),
        ("2024-01-02T12:34:00Z", TimeFormat(text="%Y-%m-%dT%H:%M:%S%z")),
        ("2024-01-02T13:34:00+01:00", TimeFormat(text="%Y-%m-%dT%H:%M:%S%z")),
        (
            "2024-01-02T11:34:00+00:00",
            TimeFormat(text="%Y-%m-%dT%H:%M:%S%z", zone="Europe/Berlin"),
        ),
    ],
)
def test_a_text_is_read(project: Path, suffix: str, text: str, written: TimeFormat) -> None:
    rows = features(table(project, suffix, pl.Series([text, text]), written))
    assert rows["handed_over"].to_list() == [NOON, NOON]


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
@pytest.mark.parametrize(("unit", "factor"), [("s", 1), ("ms", 1000), ("us", 1_000_000)])
def test_a_number_counts_from_1970_in_utc(
    project: Path, suffix: str, unit: str, factor: int
) -> None:
    numbers = pl.Series([UTC_NOON * factor])
    utc = table(project, suffix, numbers, TimeFormat(epoch=unit))  # type: ignore[arg-type]
    assert features(utc)["handed_over"].to_list() == [NOON]
    written = TimeFormat(epoch=unit, zone="Asia/Tokyo")  # type: ignore[arg-type]
    tokyo = table(project, suffix, numbers, written)
    assert features(tokyo)["handed_over"].to_list() == [datetime(2024, 1, 2, 21, 34)]


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_a_day_is_its_midnight(project: Path, suffix: str) -> None:
    days = table(project, suffix, pl.Series([date(2024, 1, 2)]), None)
    assert features(days)["handed_over"].to_list() == [datetime(2024, 1, 2)]
    assert days.available() == (date(2024, 1, 2), date(2024, 1, 3))


@pytest.mark.parametrize("unit", ["ms", "us", "ns"])
def test_a_parquet_time_of_any_precision_is_read(project: Path, unit: str) -> None:
    time = pl.Series([NOON]).dt.cast_time_unit(unit)  # type: ignore[arg-type]
    assert features(table(project, "parquet", time, None))["handed_over"].to_list() == [NOON]


def test_a_parquet_time_with_a_zone_is_local_there_or_in_the_zone_that_is_wanted(
    project: Path,
) -> None:
    time = pl.Series([NOON]).dt.replace_time_zone("Europe/Berlin")
    berlin = table(project, "parquet", time, None)
    assert features(berlin)["handed_over"].to_list() == [NOON]
    tokyo = table(project, "parquet", time, TimeFormat(zone="Asia/Tokyo"))
    assert features(tokyo)["handed_over"].to_list() == [datetime(2024, 1, 2, 20, 34)]


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_rows_without_a_readable_time_are_left_out(project: Path, suffix: str) -> None:
    time = pl.Series(["2024-01-02 12:34", "soon", None])
    assert features(table(project, suffix, time, None))["handed_over"].to_list() == [NOON]


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_a_table_without_any_time_is_one_sentence(project: Path, suffix: str) -> None:
    soon = table(project, suffix, pl.Series(["soon"]), None)
    assert sentence(soon.available) == "No row has a time in the column 'handed_over'."


def test_numbers_of_which_nothing_is_said_are_one_sentence(project: Path) -> None:
    numbers = table(project, "parquet", pl.Series([UTC_NOON]), None)
    for call in (numbers.available, lambda: features(numbers)):
        assert "'handed_over' are numbers" in sentence(call)


@pytest.mark.parametrize(
    "written", [TimeFormat(), TimeFormat(text="%Y-%m-%dT%H:%M:%S%z", zone="Europe/Berln")]
)
def test_a_zone_that_nobody_knows_is_one_sentence(project: Path, written: TimeFormat) -> None:
    aware = table(project, "parquet", pl.Series(["2024-01-02T12:34:00+01:00"]), written)
    for call in (aware.available, lambda: features(aware)):
        assert "parcels.parquet cannot be read" in sentence(call)
