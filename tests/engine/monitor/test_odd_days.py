"""Days as they come: one without rows, one with two releases, one with infinite values."""

import json
import math
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from slipway import bundle, registry
from slipway.contract.captured import PREDICTION
from slipway.settings import settings

from .may import MONTH, capture, days, month, report


def test_a_day_without_rows_between_two_others_changes_no_figure(model: bundle.Model) -> None:
    capture(model, pl.concat([days(1, 9), days(11, 20)]))
    told = report()
    assert told["performance"]["predictions"] == len(days(1, 20)) - len(days(10, 10))
    assert told["performance"]["interval"]["days"] == 19


def test_of_two_releases_in_a_day_each_row_counts_for_the_one_that_answered_it(
    model: bundle.Model, make_bundle: Any
) -> None:
    registry.register(make_bundle(7))
    newer = bundle.load(make_bundle(7))
    day = days(1, 1)
    capture(model, day.head(10), name="morning")
    capture(newer, day.tail(-10), name="evening")
    seen = month()
    assert (seen.whole.model, seen.whole.rows) == (newer.model_digest, len(day) - 10)
    assert seen.others == {model.model_digest: 10}


@pytest.mark.parametrize("value", [math.inf, -math.inf, math.nan])
def test_an_infinite_input_is_a_value_and_breaks_no_report(
    model: bundle.Model, value: float
) -> None:
    capture(model, days(1, 20).with_columns(pl.lit(value, pl.Float32).alias("weight")))
    told = report()
    (weight,) = (column for column in told["drift"]["features"] if column["name"] == "weight")
    assert weight["missing_share"] == (1 if math.isnan(value) else 0)
    text = (settings().reports / "prod" / f"monitor-{MONTH}.json").read_text()
    json.loads(text, parse_constant=lambda word: pytest.fail(f"{word} is no JSON"))


def test_an_infinite_prediction_is_counted_and_left_out(model: bundle.Model) -> None:
    rows = days(1, 20)
    capture(model, rows)
    (path,) = Path(settings().captures, "prod", MONTH, "05").glob("*.parquet")
    table = pl.read_parquet(path)
    infinite = pl.when(pl.int_range(pl.len()) < 3).then(math.inf).otherwise(PREDICTION)
    table.with_columns(infinite.cast(pl.Float32).alias(PREDICTION)).write_parquet(path)
    seen = month()
    assert (seen.whole.rows, seen.unreadable) == (len(rows) - 3, 3)
