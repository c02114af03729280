"""Files that are missing, damaged or refused: one sentence each."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl
import pytest

from slipway.sources.files import FileFormat, files
from slipway.sources.table import Table
from tests.engine.sources.kit import columns, features, parcels, sentence


def of(path: str, **changes: object) -> list[str]:
    """Return what both calls of a source at `path` say."""
    table: Table = files(path, columns(**changes))
    return [sentence(table.available), sentence(lambda: features(table))]


@contextmanager
def as_nobody() -> Iterator[None]:
    """Be an account that may not read everything, where the tests run as root."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.parametrize("name", ["parcels.csv", "parcels.parquet", "rows"])
def test_a_file_that_is_missing_is_named(project: Path, name: str) -> None:
    assert all(text.startswith(f"{project / name} is missing") for text in of(name))


@pytest.mark.parametrize("encoding", ["windows-1252", "utf-16"])
def test_a_file_that_is_not_utf_8_is_one_sentence_with_the_remedy(
    project: Path, encoding: str
) -> None:
    rows = parcels().with_columns(depot=pl.lit("KÖL")).write_csv()
    (project / "parcels.csv").write_bytes(rows.encode(encoding))
    for text in of("parcels.csv"):
        assert f"`iconv --from-code={encoding} --to-code=utf-8`" in text


@pytest.mark.parametrize("pattern", ["rows/*.csv", "rows/*.parquet", "rows/**/*.parquet"])
def test_a_pattern_that_no_file_matches_is_named(project: Path, pattern: str) -> None:
    (project / "rows").mkdir()
    assert of(pattern) == [f"{pattern} cannot be read: no file is there."] * 2


def test_a_directory_without_files_is_named(project: Path) -> None:
    (project / "rows").mkdir()
    (project / "rows" / "notes.txt").write_text("nothing")
    for text in of("rows"):
        assert text == f"The directory {project / 'rows'} holds no .parquet and no .csv file."


@pytest.mark.parametrize("share", [0, 0.3, 0.99])
def test_a_truncated_parquet_file_is_named(project: Path, share: float) -> None:
    path = project / "parcels.parquet"
    parcels().write_parquet(path)
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    assert all(text.startswith("parcels.parquet cannot be read: ") for text in of(path.name))


@pytest.mark.parametrize("place", range(8))
def test_a_parquet_file_with_a_damaged_foot_is_named(project: Path, place: int) -> None:
    path = project / "parcels.parquet"
    parcels().write_parquet(path)
    content = bytearray(path.read_bytes())
    foot = int.from_bytes(content[-8:-4], "little")
    for offset in range(20):
        content[len(content) - 8 - foot + place * foot // 8 + offset] = 0xFF
    path.write_bytes(content)
    table = files(path.name, columns())
    assert sentence(lambda: features(table)).startswith("parcels.parquet cannot be read: ")


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00\x01" * 100, b"a,b\n1,2\n"])
def test_a_csv_file_that_is_no_table_of_parcels_is_named(project: Path, content: bytes) -> None:
    (project / "parcels.csv").write_bytes(content)
    assert all("parcels.csv" in text for text in of("parcels.csv"))


@pytest.mark.parametrize("column", ["depot", "weight", "parcel_id"])
@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_a_column_that_is_missing_is_named(project: Path, suffix: str, column: str) -> None:
    frame, path = parcels().drop(column), project / f"parcels.{suffix}"
    frame.write_csv(path) if suffix == "csv" else frame.write_parquet(path)
    table = files(path.name, columns())
    assert f'"{column}"' in sentence(lambda: features(table))


def test_a_time_that_is_no_column_is_named(project: Path) -> None:
    parcels().write_parquet(project / "parcels.parquet")
    for text in of("parcels.parquet", time="sent"):
        assert text == "parcels.parquet has no column 'sent': mend source.py."


def test_the_wrong_separator_is_one_sentence(project: Path) -> None:
    parcels().write_csv(project / "parcels.csv")
    table = files("parcels.csv", columns(), file_format=FileFormat(separator=";"))
    assert "has no column 'handed_over'" in sentence(table.available)


@pytest.mark.parametrize("name", ["parcels.csv", "parcels.parquet", "rows"])
def test_a_file_that_may_not_be_read_is_named(project: Path, name: str) -> None:
    parcels().write_csv(project / "parcels.csv")
    parcels().write_parquet(project / "parcels.parquet")
    (project / "rows").mkdir()
    (project / name).chmod(0)
    with as_nobody():
        texts = of(name)
    (project / name).chmod(0o700)
    assert all(name in text for text in texts)


def test_files_of_different_columns_are_one_sentence(project: Path) -> None:
    (project / "rows").mkdir()
    parcels().write_parquet(project / "rows" / "1.parquet")
    parcels().rename({"depot": "house"}).write_parquet(project / "rows" / "2.parquet")
    table = files("rows", columns())
    assert "rows cannot be read" in sentence(lambda: features(table))


def test_files_of_different_types_are_one_sentence(project: Path) -> None:
    (project / "rows").mkdir()
    parcels().write_parquet(project / "rows" / "1.parquet")
    texts = parcels().with_columns(pl.col("weight").cast(pl.String))
    texts.write_parquet(project / "rows" / "2.parquet")
    table = files("rows", columns())
    assert "rows cannot be read" in sentence(lambda: features(table))
