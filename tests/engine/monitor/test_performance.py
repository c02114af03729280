from datetime import datetime, timedelta

import polars as pl
import pytest

from slipway.contract.baseline import Baseline
from slipway.contract.captured import PREDICTION
from slipway.monitor.performance import Performance, judge
from slipway.objectives import objectives

from .adding import month_of


@pytest.fixture
def captured() -> pl.DataFrame:
    return pl.DataFrame(
        {
            "parcel_id": ["a", "b", "c", "d"],
            PREDICTION: pl.Series([0.1, 0.4, 0.35, 0.8], dtype=pl.Float32),
            objectives().gate.group: ["BER", "BER", "HAM", "HAM"],
            "handed_over": [datetime(2024, 5, 1, 9)] * 4,
        }
    )


def judged(captured: pl.DataFrame, **outcomes: int) -> Performance:
    schema = {"parcel_id": pl.String, "label": pl.Int8}
    labels = pl.DataFrame({"parcel_id": [*outcomes], "label": [*outcomes.values()]}, schema)
    targets = objectives()
    return judge(month_of(captured, labels, Baseline({}, {}), targets), targets)


def test_predictions_meet_their_labels_by_key(captured: pl.DataFrame) -> None:
    seen = judged(captured, d=1, a=0, c=1, b=0, other=1)
    assert (seen.predictions, seen.rows, seen.labelled_share) == (4, 4, 1)
    assert seen.values["auc"] == 0.75
    assert seen.values["event_rate"] == 0.5


def test_only_rows_with_a_label_count(captured: pl.DataFrame) -> None:
    seen = judged(captured, d=1, a=0)
    assert (seen.rows, seen.labelled_share, seen.values["auc"]) == (2, 0.5, 1)


def test_a_group_with_one_outcome_has_no_quality(captured: pl.DataFrame) -> None:
    assert judged(captured, a=0, b=1, c=1).groups == {"BER": 1}


def test_rows_without_a_group_are_one_of_their_own(captured: pl.DataFrame) -> None:
    groups = pl.Series(objectives().gate.group, [None, None, "missing", "missing"])
    seen = judged(captured.with_columns(groups), a=0, b=1, c=0, d=1)
    assert seen.groups == {"(missing)": 1, "missing": 1}


def test_without_labels_there_are_no_figures(captured: pl.DataFrame) -> None:
    assert judged(captured) == Performance(predictions=4, rows=0, labelled_share=0)


def test_labels_of_one_kind_give_no_figures(captured: pl.DataFrame) -> None:
    seen = judged(captured, a=0, b=0, c=0)
    assert (seen.rows, seen.values, seen.groups) == (3, {}, {})


def test_rows_of_one_day_do_not_say_how_sure_their_quality_is(captured: pl.DataFrame) -> None:
    assert judged(captured, d=1, a=0, c=1, b=0).interval is None


def test_rows_of_many_days_say_between_what_the_quality_lies(captured: pl.DataFrame) -> None:
    weeks = [
        captured.with_columns(
            pl.col("handed_over") + timedelta(days=day),
            pl.col("parcel_id") + str(day),
        )
        for day in range(14)
    ]
    outcomes = {
        f"{key}{day}": late
        for day in range(14)
        for key, late in zip("abcd", (0, 0, 1, 1), strict=True)
    }
    seen = judged(pl.concat(weeks), **outcomes | {"a3": 1, "b8": 1})
    assert seen.interval is not None
    assert seen.interval.lower < seen.values["auc"] < seen.interval.upper
    assert (seen.interval.days, seen.interval.confidence) == (14, 0.8)
