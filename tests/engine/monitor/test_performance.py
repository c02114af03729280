import polars as pl
import pytest

from slipway.monitor.performance import measure
from slipway.objectives import objectives

KEYS = ["a", "b", "c", "d"]


@pytest.fixture
def captured() -> pl.DataFrame:
    return pl.DataFrame(
        {
            "parcel_id": KEYS,
            "probability": pl.Series([0.1, 0.4, 0.35, 0.8], dtype=pl.Float32),
            objectives().gate.group: ["EWR", "EWR", "JFK", "JFK"],
        }
    )


def labels(**outcomes: int) -> pl.DataFrame:
    schema = {"parcel_id": pl.String, "label": pl.Int8}
    return pl.DataFrame({"parcel_id": [*outcomes], "label": [*outcomes.values()]}, schema)


def test_predictions_meet_their_labels_by_key(captured: pl.DataFrame) -> None:
    seen = measure(captured, labels(d=1, a=0, c=1, b=0, other=1), objectives())
    assert (seen.predictions, seen.rows, seen.labelled_share) == (4, 4, 1)
    assert seen.auc == 0.75
    assert seen.event_rate == 0.5


def test_only_rows_with_a_label_count(captured: pl.DataFrame) -> None:
    seen = measure(captured, labels(d=1, a=0), objectives())
    assert (seen.rows, seen.labelled_share, seen.auc) == (2, 0.5, 1)


def test_a_group_with_one_outcome_has_no_auc(captured: pl.DataFrame) -> None:
    assert measure(captured, labels(a=0, b=1, c=1), objectives()).group_auc == {"EWR": 1}


def test_without_labels_there_are_no_figures(captured: pl.DataFrame) -> None:
    seen = measure(captured, labels(), objectives())
    assert (seen.rows, seen.labelled_share, seen.auc) == (0, 0, None)


def test_labels_of_one_kind_give_no_figures(captured: pl.DataFrame) -> None:
    assert measure(captured, labels(a=0, b=0, c=0), objectives()).auc is None
