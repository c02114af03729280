"""Outcomes of a table that cannot be read reach the quarantine with what they say."""

from datetime import date
from pathlib import Path
from typing import Any

import dataframely as dy
import polars as pl
import pytest

from slipway.schema import UNREAD
from slipway.settings import settings
from slipway.sources.files import FileFormat, files
from tests.engine.sources.kit import END, FIRST, columns, labels, parcels

ODD = ["LATE", "delayd ", "inf", ""]


class Numbers(dy.Schema):
    """Labels that are numbers."""

    parcel_id = dy.String(primary_key=True)
    label = dy.Float32()


@pytest.fixture(autouse=True)
def root(project: Path) -> Path:
    """Return the place of the table."""
    return settings().data_root


def unread(table: Any) -> list[str]:
    """Return what the outcomes say that are no labels."""
    read = table.read_labels(FIRST, END, date(2025, 1, 1))
    return sorted(read[UNREAD].drop_nulls()) if UNREAD in read.columns else []


def write(root: Path, words: dict[str, str], suffix: str, separator: str = ",") -> pl.DataFrame:
    """Write the parcels, whose outcomes are replaced by words, and the first by others."""
    outcomes = pl.col("late").cast(pl.String).replace(words)
    frame = parcels().with_columns(outcomes)
    odd = pl.Series("late", [*ODD, *frame["late"][len(ODD) :]])
    frame = frame.with_columns(odd)
    if suffix == "csv":
        frame.write_csv(root / "rows.csv", separator=separator)
    else:
        frame.write_parquet(root / "rows.parquet")
    return frame


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_a_word_that_is_neither_the_event_nor_another_is_told(root: Path, suffix: str) -> None:
    frame = write(root, {"1": "late", "0": "on time"}, suffix)
    meanings = columns(event="late", others="on time")
    table = files(f"rows.{suffix}", meanings)
    assert unread(table) == ["LATE", "delayd", "inf"]
    known = [value for value in labels(table) if value is not None]
    assert len(known) == len(frame) - len(ODD)
    assert sum(known) == int((frame["late"] == "late").sum())


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_a_text_where_a_number_should_be_is_told(root: Path, suffix: str) -> None:
    frame = write(root, {"1": "1.5", "0": "0.5"}, suffix)
    table = files(f"rows.{suffix}", columns(event=None, labels=Numbers))
    assert unread(table) == ["LATE", "delayd", "inf"]
    assert sum(value or 0 for value in labels(table)) == pytest.approx(
        frame["late"].cast(pl.Float64, strict=False).filter(frame["late"] != "inf").sum()
    )


def test_numbers_with_decimal_commas_are_read(root: Path) -> None:
    frame = write(root, {"1": "1,5", "0": "0,5"}, "csv", ";")
    written = FileFormat(separator=";", decimal_comma=True)
    meanings = columns(event=None, labels=Numbers)
    table = files("rows.csv", meanings, file_format=written)
    assert unread(table) == ["LATE", "delayd", "inf"]
    assert {value for value in labels(table) if value is not None} == {0.5, 1.5}
    assert len(labels(table)) == len(frame) - 1


def test_a_table_without_such_outcomes_has_the_columns_of_the_labels(root: Path) -> None:
    parcels().write_parquet(root / "rows.parquet")
    read = files("rows.parquet", columns()).read_labels(FIRST, END, date(2025, 1, 1))
    assert read.columns == ["parcel_id", "label"]
