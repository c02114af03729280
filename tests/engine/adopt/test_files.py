"""CSV as programs of all countries write it, and where the files of a table may be."""

import polars as pl
import pytest

from .conftest import Adopt
from .kit import ROWS, table, text

PLAIN = text()
GERMAN = table().write_csv(separator=";", decimal_comma=True, datetime_format="%d.%m.%Y %H:%M")


@pytest.mark.parametrize(
    "content",
    [
        PLAIN,
        "\ufeff" + PLAIN,
        PLAIN.replace("\n", "\r\n"),
        PLAIN.replace(",", "\t"),
        PLAIN.replace(",", "|"),
        PLAIN.replace(",", ";"),
        PLAIN.replace("amount", '"amount"', 1),
        GERMAN,
        "\ufeff" + GERMAN.replace("\n", "\r\n"),
    ],
)
def test_a_csv_file_is_read_however_it_is_written(content: str, adopt: Adopt) -> None:
    rows = adopt(content.encode()).read()
    assert rows["amount"].to_list() == table()["amount"].cast(pl.Float32).to_list()
    assert rows["branch"].to_list() == table()["branch"].to_list()


def test_line_breaks_and_separators_in_quotes_belong_to_the_text(adopt: Adopt) -> None:
    notes = ['first\n"second"', "a,b;c"] * (ROWS // 2)
    result = adopt(text(**{"a,\nb": notes}).encode())
    assert result.read()["a_b"].to_list() == notes


def test_words_for_nothing_are_missing_numbers(adopt: Adopt) -> None:
    rates = ["NA", "null", "1.5", "nan", "2", "inf", "", "nil"] * 100
    result = adopt(text(rate=rates[:ROWS]).encode())
    assert result.columns["rate"].nullable
    assert result.read()["rate"].drop_nulls().unique().sort().to_list() == [1.5, 2.0]


def test_a_number_that_gets_a_fraction_in_the_last_row_is_read(adopt: Adopt) -> None:
    values = [str(row * 7 % 90) for row in range(ROWS - 1)] + ["12.5"]
    assert adopt(text(rate=values).encode()).read()["rate"][-1] == 12.5


@pytest.mark.parametrize("path", ["däta/ö rows.csv", 'it\'s "mine".csv', "data/2024/rows.csv"])
def test_a_file_may_be_anywhere_in_the_project(path: str, adopt: Adopt) -> None:
    result = adopt(PLAIN.encode(), path=path)
    assert result.module("source")._table.reader.path == path
    assert len(result.read()) == ROWS


def test_a_path_is_relative_to_the_project_whatever_was_asked(adopt: Adopt) -> None:
    first = adopt(PLAIN.encode(), "--time=nowhere", path="data/rows.csv")
    result = adopt(str(first.root / "docs" / ".." / "data" / "rows.csv"))
    assert result.module("source")._table.reader.path == "data/rows.csv"


def test_all_files_of_a_directory_are_one_table(adopt: Adopt) -> None:
    first = adopt(GERMAN.encode(), "--time=nowhere", path="data/a.csv")
    (first.root / "data" / "b.csv").write_text(GERMAN, "utf-8")
    result = adopt("data")
    assert len(result.read()) == 2 * ROWS


def test_files_below_data_root_are_relative_to_it(
    adopt: Adopt, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    from slipway.settings import settings

    root = tmp_path_factory.mktemp("rows")
    (root / "rows.csv").write_text(PLAIN, "utf-8")
    monkeypatch.setenv("DATA_ROOT", str(root))
    settings.cache_clear()
    result = adopt(str(root / "rows.csv"))
    assert result.module("source")._table.reader.path == "rows.csv"
    assert len(result.read()) == ROWS
