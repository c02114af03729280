"""Columns of text that hold something else: numbers with marks, codes, and times."""

import csv
import io
from collections.abc import Sequence

import polars as pl
import pytest

from .conftest import Adopt
from .kit import ROWS, table, text
from .test_outcomes_and_times import TABLE

AMOUNTS = [round(row * 7.31 + 3.5, 2) for row in range(ROWS)]
CODES = ["01067", "80331", "10115", "04109"] * (ROWS // 4)


def german(amount: float) -> str:
    return f"{amount:,.2f}".translate(str.maketrans(",.", ".,"))


def semicolons(**columns: Sequence[object]) -> bytes:
    """Return the table as a German program writes it: decimal commas, and other columns as is."""
    frame = table(columns)
    content = frame.write_csv(separator=";", decimal_comma=True, datetime_format="%d.%m.%Y %H:%M")
    return content.encode()


@pytest.mark.parametrize(
    ("numbers", "reason"),
    [
        ([f"{amount:,.2f}" for amount in AMOUNTS], "such as '1,004.97': write them as 1004.97"),
        ([german(amount) for amount in AMOUNTS], "such as '1.004,97': write them as 1004.97"),
        ([f"€ {amount:,.2f}" for amount in AMOUNTS], "such as '€ 1,004.97'"),
        ([f"{german(amount)} EUR" for amount in AMOUNTS], "write them as 1004.97"),
        ([f"-${amount:,.2f}" for amount in AMOUNTS], "write them as -1004.97"),
        ([f"{amount:.2f}".replace(".", ",") for amount in AMOUNTS], "write them as 1004.97"),
        ([f"{amount:,.2f}".replace(",", "'") for amount in AMOUNTS], "write them as 1004.97"),
        ([f"{amount:,.0f}".replace(",", "\u202f") for amount in AMOUNTS], "write them as 1005"),
        ([f"{row % 9 + 11}%" for row in range(ROWS)], "such as '11%': write them as 11"),
        ([f"{row % 9 + 0.5} kg" for row in range(ROWS)], "such as '0.5 kg': write them as 0.5"),
        (["1.5", "2.25", "3.0"] * 133 + ["1,000.5"], "such as '1,000.5': write them as 1000.5"),
    ],
)
@pytest.mark.parametrize("suffix", ["parquet", "csv"])
def test_numbers_written_as_text_are_left_out_with_how_to_write_them(
    numbers: list[str], reason: str, suffix: str, adopt: Adopt
) -> None:
    frame = table(other=numbers)
    result = adopt(frame if suffix == "parquet" else frame.write_csv().encode())
    assert "other" not in result.columns
    assert result.reasons["other"].startswith("numbers written as text, such as ")
    assert reason in result.reasons["other"]


def test_a_file_with_decimal_commas_is_asked_for_decimal_commas(adopt: Adopt) -> None:
    result = adopt(semicolons(other=[german(amount) for amount in AMOUNTS]))
    assert result.reasons["other"].endswith("'1.004,97': write them as 1004,97")
    mended = [german(amount).replace(".", "") for amount in AMOUNTS]
    assert mended[-1] == "2920,19"


def test_numbers_written_as_asked_are_numbers(adopt: Adopt) -> None:
    mended = [german(amount).replace(".", "") for amount in AMOUNTS]
    result = adopt(semicolons(other=mended))
    assert result.read()["other"].to_list() == pl.Series(AMOUNTS, dtype=pl.Float32).to_list()


def test_numbers_with_a_word_for_nothing_are_left_out_with_that_word(adopt: Adopt) -> None:
    rates = ["-" if row % 50 == 7 else f"{row * 0.37:.2f}" for row in range(ROWS)]
    reasons = adopt(text(rate=rates).encode()).reasons
    assert reasons["rate"] == "numbers, but for texts such as '-': leave those empty"


@pytest.mark.parametrize(
    "values",
    [
        ("36 months", "60 months"),
        ("1st", "2nd"),
        ("10A", "12B"),
        ("10-20", "20-30"),
        ("1,2", "1,2,3"),
        ("3.10", "3.11"),
        ("2A", "13"),
        ("12:30", "13:00"),
        ("1.2.10", "1.10.0"),
        ("99-99-2024", "45-12-2023"),
        ("%", "€"),
        ("-", "."),
    ],
)
def test_categories_that_begin_with_a_number_stay_categories(
    values: tuple[str, str], adopt: Adopt
) -> None:
    rows = adopt(table(other=[*values] * (ROWS // 2))).read()
    assert rows["other"].to_list() == [*values] * (ROWS // 2)


@pytest.mark.parametrize("codes", [CODES, ["01.11", "10.5", "46.90", "03.00"] * (ROWS // 4)])
@pytest.mark.parametrize("separator", [",", ";"])
def test_codes_of_a_csv_keep_their_leading_zeros(
    codes: list[str], separator: str, adopt: Adopt
) -> None:
    content = io.StringIO()
    frame = table(postcode=codes)
    writer = csv.writer(content, delimiter=separator)
    writer.writerows([frame.columns, *frame.rows()])
    result = adopt(content.getvalue().encode())
    assert type(result.columns["postcode"]).__name__ == "String"
    assert result.read()["postcode"].to_list() == codes


def test_a_single_leading_zero_in_the_last_row_makes_codes(adopt: Adopt) -> None:
    codes = ["80331", "10115"] * (ROWS // 2 - 1) + ["", "01067"]
    rows = adopt(text(postcode=codes).encode()).read()
    assert rows["postcode"].to_list() == [code or None for code in codes]


def test_zeros_and_fractions_are_numbers(adopt: Adopt) -> None:
    columns = adopt(text(a=[0, 1] * 200, b=[0.5, -0.5] * 200).encode()).columns
    assert [type(columns[name]).__name__ for name in "ab"] == ["Int64", "Float32"]


def test_keys_that_differ_by_their_leading_zeros_are_different(adopt: Adopt) -> None:
    keys = [f"{'0' * (row % 2)}{row // 2 + 1}" for row in range(ROWS)]
    result = adopt(text(number=keys).encode(), "--key=number")
    assert sorted(result.read()["number"]) == sorted(keys)


@pytest.mark.parametrize(
    "written",
    [
        *("%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%SZ", "%d.%m.%Y", "%d.%m.%y %H:%M", "%m/%d/%Y"),
        *("%m/%d/%Y %I:%M %p", "%Y/%m/%d", "%Y%m%d", "%d %b %Y", "%B %d, %Y"),
    ],
)
@pytest.mark.parametrize("suffix", ["parquet", "csv"])
def test_a_second_time_that_is_text_is_left_out(written: str, suffix: str, adopt: Adopt) -> None:
    days = TABLE["asked"].dt.offset_by("-3d").dt.strftime(written).gather_every(20)
    frame = table(paid=[day for day in days for _ in range(20)])
    result = adopt(frame if suffix == "parquet" else frame.write_csv().encode())
    assert result.reasons["paid"].startswith("a second time: ")
