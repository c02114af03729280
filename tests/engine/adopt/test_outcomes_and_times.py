"""Which outcome is the event, how times are written, and how many days are trained on."""

import math
import re
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from slipway.objectives import load
from tests.engine.kit import forget

from .conftest import Adopt
from .kit import FIRST, ROWS, table, text

TABLE = table()
UNPAID = TABLE["unpaid"].to_list()


@pytest.mark.parametrize(
    ("no", "yes", "event"),
    [
        (0, 1, 1),
        (0.0, 1.0, 1),
        (Decimal(0), Decimal(1), 1),
        (False, True, True),
        ("N", "Y", "Y"),
        ("no", "Yes", "Yes"),
        ("good", "bad", "bad"),
        ('"', 'it\'s "late"\n😀', 'it\'s "late"\n😀'),
    ],
)
@pytest.mark.parametrize("suffix", ["parquet", "csv"])
def test_the_event_is_what_means_yes_or_else_what_is_rarer(
    no: Any, yes: Any, event: Any, suffix: str, adopt: Adopt
) -> None:
    frame = table(unpaid=[yes if value else no for value in UNPAID])
    result = adopt(frame if suffix == "parquet" else frame.write_csv().encode())
    assert result.module("source")._table.columns.event == event
    rows = result.read().join(result.labels(), on="row_id").sort("asked")
    assert rows["label"].to_list() == UNPAID


@pytest.mark.parametrize("unknown", [None, "", "NA"])
@pytest.mark.parametrize("suffix", ["parquet", "csv"])
def test_an_outcome_that_is_not_known_is_no_outcome(
    unknown: str | None, suffix: str, adopt: Adopt
) -> None:
    outcomes = [unknown if row >= 390 else "NY"[value] for row, value in enumerate(UNPAID)]
    frame = table(unpaid=outcomes)
    result = adopt(frame if suffix == "parquet" else frame.write_csv().encode())
    labels = result.labels()
    assert len(labels) == 390
    assert labels["label"].sum() == sum(UNPAID[:390])


def test_an_outcome_that_is_no_number_is_no_outcome(adopt: Adopt) -> None:
    outcomes = [math.nan if row >= 390 else float(value) for row, value in enumerate(UNPAID)]
    assert len(adopt(table(unpaid=outcomes)).labels()) == 390


@pytest.mark.parametrize(
    "written",
    [
        *("%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S%.6f", "%Y-%m-%dT%H:%MZ"),
        *("%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M:%S+00:00", "%Y-%m-%d %H:%M:%S +0000"),
        *("%d.%m.%Y %H:%M", "%m/%d/%Y %H:%M", "%m/%d/%Y %I:%M %p", "%Y/%m/%d %H:%M:%S"),
    ],
)
def test_times_as_texts_are_read_to_the_minute(written: str, adopt: Adopt) -> None:
    content = TABLE.write_csv(datetime_format=written).encode()
    assert adopt(content).read()["asked"].to_list() == TABLE["asked"].dt.truncate("1m").to_list()


SECONDS = [int((stamp - datetime(1970, 1, 1)).total_seconds()) for stamp in TABLE["asked"]]


@pytest.mark.parametrize(
    "times",
    [
        SECONDS,
        [second + 0.5 for second in SECONDS],
        [second * 1000 for second in SECONDS],
        [second * 1_000_000 for second in SECONDS],
        TABLE["asked"].dt.replace_time_zone("UTC"),
        TABLE["asked"].dt.replace_time_zone("Europe/Berlin"),
        TABLE["asked"].cast(pl.Datetime("ns")),
        TABLE["asked"].cast(pl.Datetime("ms")),
    ],
)
def test_times_of_any_type_are_read_to_the_minute(times: object, adopt: Adopt) -> None:
    rows = adopt(table(asked=times)).read()
    assert rows["asked"].to_list() == TABLE["asked"].dt.truncate("1m").to_list()


@pytest.mark.parametrize("seconds", [SECONDS, [second + 0.5 for second in SECONDS]])
def test_seconds_in_a_csv_file_are_read_too(seconds: list[float], adopt: Adopt) -> None:
    rows = adopt(table(asked=seconds).write_csv().encode()).read()
    assert rows["asked"].to_list() == TABLE["asked"].dt.truncate("1m").to_list()


@pytest.mark.parametrize("suffix", ["parquet", "csv"])
@pytest.mark.parametrize("compact", [True, False])
def test_days_are_read_as_their_midnight(compact: bool, suffix: str, adopt: Adopt) -> None:
    days = TABLE["asked"].dt.date()
    frame = table(asked=days.dt.strftime("%Y%m%d").cast(pl.Int64) if compact else days)
    rows = adopt(frame if suffix == "parquet" else frame.write_csv().encode()).read()
    assert rows["asked"].dt.date().to_list() == days.to_list()


def test_rows_without_a_time_are_left_out_and_counted(adopt: Adopt) -> None:
    texts = TABLE["asked"].dt.strftime("%Y-%m-%d %H:%M").to_list()
    times = ["" if row % 10 == 0 else "?" if row % 50 == 1 else texts[row] for row in range(ROWS)]
    result = adopt(table(asked=times))
    assert len(result.read()) == ROWS - 48
    assert "48 of 400 rows have no readable time and are left out" in result.notes


@pytest.mark.parametrize(
    ("rows", "days", "delay"),
    [(400, 120, "1d"), (400, 30, "5d"), (800, 120, "60d"), (1000, 365, "36h"), (400, 120, "2w")],
)
def test_the_days_of_the_draft_can_be_trained_on_and_judged(
    rows: int, days: int, delay: str, adopt: Adopt
) -> None:
    from slipway.training import steps

    result = adopt(table(rows=rows, days=days), f"--label-delay={delay}")
    forget()  # the objectives of before
    as_of = result.module("source").available()[1]
    data, output = result.root / "data", result.root / "rows"
    steps.ingest(as_of, data)
    steps.validate(as_of, data, output)
    for side in ("train", "holdout"):
        assert pl.read_parquet(output / f"{side}.parquet")["label"].n_unique() == 2
    assert not any("too few rows to train" in note for note in result.notes)


@pytest.mark.parametrize("rows", [60, 100])
def test_too_few_rows_to_train_are_told_with_what_is_needed(rows: int, adopt: Adopt) -> None:
    result = adopt(table(rows=rows))
    train, judge = (note for note in result.notes if note.startswith("there are too few rows"))
    assert re.match("there are too few rows to train: .* at least 50 of each must be there", train)
    assert re.match("there are too few rows to judge by: .* at least 20 of each must be", judge)


@pytest.mark.parametrize(("days", "enough"), [(40, False), (365, True)])
def test_a_period_that_is_too_short_for_the_demo_is_told(
    days: int, enough: bool, adopt: Adopt
) -> None:
    from slipway.demo.play import month_starts

    result = adopt(table(days=days))
    assert (
        "the data is too short for `make demo`, which plays two months" in result.notes
    ) != enough
    if enough:
        window = load(result.root / "objectives.yaml").training.window_days
        first, last = result.module("source").available()
        assert month_starts(first, last, window)


def test_a_delay_is_written_as_it_was_asked_for(adopt: Adopt) -> None:
    source = adopt(table(), "--label-delay=36h").module("source")
    assert timedelta(hours=36) == source.LABEL_DELAY
    assert source.available()[0] == FIRST.date()
    assert adopt(text().encode(), "--label-delay=2w").code == 1
