import polars as pl
import pytest

from slipway.contract.baseline import Baseline
from slipway.contract.captured import PREDICTION, Answerer
from slipway.monitor.performance import Performance, judge
from slipway.monitor.summary import summarise
from slipway.objectives import objectives

ANSWERER = Answerer("ab" * 32, "cd" * 32)


@pytest.fixture
def captured() -> pl.DataFrame:
    return pl.DataFrame(
        {
            "parcel_id": ["a", "b", "c", "d"],
            PREDICTION: pl.Series([0.1, 0.4, 0.35, 0.8], dtype=pl.Float32),
            objectives().gate.group: ["BER", "BER", "HAM", "HAM"],
        }
    )


def judged(captured: pl.DataFrame, **outcomes: int) -> Performance:
    schema = {"parcel_id": pl.String, "label": pl.Int8}
    labels = pl.DataFrame({"parcel_id": [*outcomes], "label": [*outcomes.values()]}, schema)
    baseline, targets = Baseline({}, {}), objectives()
    return judge(summarise(ANSWERER, captured, labels, "parcel_id", baseline, targets), targets)


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
