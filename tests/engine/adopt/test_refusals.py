"""What cannot be used is refused with one sentence, and nothing is written."""

import io
import math
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path

import polars as pl
import pytest

from slipway.project import project as current_project

from .conftest import Adopt
from .kit import ROWS, git, table, text

UNPAID = table()["unpaid"].to_list()
LATIN = "not UTF-8, so convert it, most likely by `iconv --from-code=windows-1252 --to-code=utf-8`"


def parquet(frame: pl.DataFrame) -> bytes:
    content = io.BytesIO()
    frame.write_parquet(content)
    return content.getvalue()


@pytest.mark.parametrize(
    ("outcomes", "reason"),
    [
        ([None] * ROWS, "empty in every row"),
        ([math.nan] * ROWS, "empty in every row"),
        ([""] * ROWS, "empty in every row"),
        ([1] * ROWS, "is 1 in every row"),
        ([f"c{row % 50}" for row in range(ROWS)], "has 50 values, such as 'c0', 'c1', 'c10'"),
        ([value / 2 for value in UNPAID], "An outcome of 0.5"),
        ([math.inf if value else 0.0 for value in UNPAID], "is 0.0 in every row whose"),
        ([date(2024, 1, 1 + value) for value in UNPAID], "holds times"),
        ([[value] for value in UNPAID], "holds List(Int64)"),
    ],
)
def test_an_outcome_that_cannot_be_predicted_is_refused(
    outcomes: list[object], reason: str, adopt: Adopt
) -> None:
    sentence = adopt(table(unpaid=outcomes)).sentence
    assert reason in sentence
    assert "'unpaid'" in sentence or "1 and 0" in sentence


@pytest.mark.parametrize(
    ("times", "reason"),
    [
        (["soon"] * ROWS, "such as 'soon'"),
        ([None] * ROWS, "holds Null"),
        (pl.Series([None] * ROWS, dtype=pl.String), "no times"),
        ([row * 0.1 for row in range(ROWS)], "since 1970"),
        ([row % 2 == 0 for row in range(ROWS)], "holds Boolean"),
        ([time(row % 24) for row in range(ROWS)], "holds Time"),
        ([timedelta(days=row) for row in range(ROWS)], "holds Duration"),
        ([[row] for row in range(ROWS)], "holds List"),
        ([f"{row % 12 + 1:02}/{row * 7 % 12 + 1:02}/2024" for row in range(ROWS)], "either"),
        (table()["asked"].dt.strftime("%d.%m.%y"), "such as '01.01.24'"),
        ([datetime(9999, 12, 31), *table()["asked"][1:]], "9999-12-31"),
        ([datetime(1900, 1, 1), *table()["asked"][1:]], "1900-01-01"),
        ([f"{stamp}" if row % 9 else "?" for row, stamp in enumerate(table()["asked"])], "'?'"),
    ],
)
def test_times_that_cannot_be_read_are_refused(times: object, reason: str, adopt: Adopt) -> None:
    sentence = adopt(table(asked=times)).sentence
    assert reason in sentence
    assert "'asked'" in sentence


@pytest.mark.parametrize("option", ["--time", "--outcome", "--key"])
def test_a_column_that_is_not_there_is_refused_with_those_that_are(
    option: str, adopt: Adopt
) -> None:
    sentence = adopt(table(), f"{option}=nowhere").sentence
    assert sentence.startswith(f"rows.parquet has no column 'nowhere' for {option}")
    assert "'asked', 'amount', 'branch', 'unpaid'" in sentence


@pytest.mark.parametrize("option", ["time", "outcome", "key"])
def test_an_option_that_is_empty_is_said_to_be_missing(option: str, adopt: Adopt) -> None:
    sentence = adopt(table({"": UNPAID}), f"--{option}=").sentence
    assert sentence.startswith(f"{option.upper()} is missing (--{option} is empty)")
    assert "'asked', 'amount', 'branch', 'unpaid'" in sentence


def test_a_file_that_is_not_named_is_said_to_be_missing(adopt: Adopt) -> None:
    assert adopt("").sentence.startswith("FILE is missing")


@pytest.mark.parametrize("option", ["--time=unpaid", "--key=asked", "--key=unpaid"])
def test_a_column_has_one_purpose(option: str, adopt: Adopt) -> None:
    assert "different columns" in adopt(table(), option).sentence


@pytest.mark.parametrize(
    ("keys", "reason"),
    [
        ([str(row // 2) for row in range(ROWS)], "has 200 values that more than one row has"),
        ([None, *map(str, range(1, ROWS))], "1 rows have no value"),
        (["", *map(str, range(1, ROWS))], "1 rows have no value"),
        (["x" * 300 + str(row) for row in range(ROWS)], "more than 256 characters"),
        ([[row] for row in range(ROWS)], "holds List"),
    ],
)
def test_a_key_that_does_not_tell_rows_apart_is_refused(
    keys: list[object], reason: str, adopt: Adopt
) -> None:
    assert reason in adopt(table(code=keys), "--key=code").sentence


@pytest.mark.parametrize("delay", ["5", "-5d", "5 days", "1.5d", "", "5m"])
def test_a_delay_of_another_form_is_refused(delay: str, adopt: Adopt) -> None:
    assert "write it as 5d, 12h or 2w" in adopt(table(), f"--label-delay={delay}").sentence


@pytest.mark.parametrize(
    ("frame", "delay"),
    [
        (table(days=1), "1d"),
        (table(days=30), "60d"),
        (table(), "9999w"),
        (table(unpaid=[int(row == 0) for row in range(ROWS)]), "1d"),
        (table(unpaid=[int(row == ROWS - 1) for row in range(ROWS)]), "0d"),
    ],
)
def test_outcomes_of_too_few_days_are_refused(
    frame: pl.DataFrame, delay: str, adopt: Adopt
) -> None:
    assert "too few to learn from" in adopt(frame, f"--label-delay={delay}").sentence


def test_a_table_without_a_column_to_predict_from_is_refused(adopt: Adopt) -> None:
    sentence = adopt(table(amount=[1] * ROWS, branch=[None] * ROWS)).sentence
    assert sentence.startswith("No column is left")


@pytest.mark.parametrize(
    ("content", "path", "reason"),
    [
        (b"", "rows.csv", "cannot be read"),
        (b"\n\n", "rows.csv", "cannot be read"),
        (b"asked,amount,unpaid\n", "rows.csv", "has no rows"),
        (b"\0" * 100, "rows.csv", "has no rows"),
        (text(note=["Müll", "Öl"] * 200).encode("latin-1"), "rows.csv", LATIN),
        (text().encode() + b"2024-04-29 10:00,1.5,s\xfcd,1\n", "rows.csv", LATIN),
        (text(**{"Vers\xe4umt \x80": UNPAID}).encode("latin-1"), "rows.csv", LATIN),
        (text().replace("unpaid", "pay\xe9", 1).encode("latin-1"), "rows.csv", LATIN),
        (text().encode("utf-16"), "rows.csv", "`iconv --from-code=utf-16 --to-code=utf-8`"),
        (text().encode() + b"2024-04-29 10:00,1.5,x,1,9,9\n", "rows.csv", "more fields"),
        (parquet(table()), "rows.csv", "is not UTF-8"),
        (parquet(table()), "rows.xlsx", "no .csv and no .parquet file"),
        (text().encode(), "rows.csv.gz", "no .csv and no .parquet file"),
        (text().encode(), "rows", "no .csv and no .parquet file"),
        (text().encode(), "rows.parquet", "cannot be read"),
        (parquet(table())[:-100], "rows.parquet", "cannot be read"),
        (parquet(table().clear()), "rows.parquet", "has no rows"),
        (text(**{f"c{n}": [n] * ROWS for n in range(2000)}).encode(), "rows.csv", "2,004 columns"),
    ],
)
def test_a_file_that_is_no_table_is_refused(
    content: bytes, path: str, reason: str, adopt: Adopt
) -> None:
    sentence = adopt(content, path=path).sentence
    assert path in sentence
    assert reason in sentence


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("nowhere.csv", "is missing"),
        ("src", "holds no .parquet and no .csv file"),
        ("../rows.csv", "is outside of"),
        ("/rows.csv", "is outside of"),
        ("docs/../../rows.csv", "is outside of"),
    ],
)
def test_a_path_at_which_no_rows_of_the_project_are_is_refused(
    path: str, reason: str, adopt: Adopt
) -> None:
    assert reason in adopt(path).sentence


def test_a_bucket_that_does_not_answer_is_refused(
    adopt: Adopt, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (
        ("AWS_ENDPOINT_URL", "http://127.0.0.1:9"),
        ("AWS_ALLOW_HTTP", "true"),
        ("AWS_ACCESS_KEY_ID", "somebody"),
        ("AWS_SECRET_ACCESS_KEY", "a secret"),
        ("AWS_REGION", "eu-central-1"),
    ):
        monkeypatch.setenv(name, value)
    sentence = adopt("s3://rows/2024.parquet").sentence
    assert sentence.startswith("s3://rows/2024.parquet cannot be read")
    assert "a secret" not in sentence


def _without_git(home: Path) -> None:
    (home / ".git").rename(home / "no-git")


def _changed_source(home: Path) -> None:
    (home / "src" / "loans" / "source.py").write_text("# my own\n", "utf-8")


def _staged_objectives(home: Path) -> None:
    with (home / "objectives.yaml").open("a", encoding="utf-8") as file:
        file.write("# mine\n")
    git(home, "add", "objectives.yaml")


def _no_package(home: Path) -> None:
    path = home / "pyproject.toml"
    path.write_text(path.read_text("utf-8").replace('package = "loans"', ""), "utf-8")
    current_project.cache_clear()


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (_without_git, "git init"),
        (_changed_source, "src/loans/source.py, which is not committed"),
        (_staged_objectives, "objectives.yaml, which is not committed"),
        (_no_package, "lacks a package"),
    ],
)
def test_a_project_that_could_lose_something_is_refused(
    spoil: Callable[[Path], None], reason: str, adopt: Adopt, home: Path
) -> None:
    spoil(home)
    assert reason in adopt(table()).sentence


def test_a_project_without_a_commit_is_refused(adopt: Adopt, home: Path) -> None:
    (home / ".git").rename(home / "old-git")
    git(home, "init", "-q")
    assert "no commit" in adopt(table()).sentence
