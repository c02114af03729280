"""Outcomes meet their rows by one rule, whoever asks: training, gate, monitor or demo."""

from typing import Any

import dataframely as dy
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slipway.contract.baseline import Baseline
from slipway.contract.captured import PREDICTION, Answerer
from slipway.errors import ProjectError
from slipway.monitor.summary import summarise
from slipway.objectives import objectives
from slipway.schema import UNREAD
from slipway.training_data import labels
from slipway.training_data.columns import distinct

SCHEMA = {"parcel_id": pl.String, "label": pl.Int8}
KEYS = st.text("abc\u00e9\u0301 ", max_size=3)
OUTCOMES = st.lists(st.tuples(KEYS, st.integers(0, 1)), max_size=30)


def outcomes(*pairs: tuple[str, int | None]) -> pl.DataFrame:
    return pl.DataFrame(pairs, SCHEMA, orient="row")


def parcels(*keys: str) -> pl.DataFrame:
    return pl.DataFrame({"parcel_id": keys}, {"parcel_id": pl.String})


def test_a_correction_replaces_the_outcome_that_came_before() -> None:
    known = outcomes(("a", 1), ("b", 0), ("a", 0))
    assert labels.check(known).sort("parcel_id").rows() == [("a", 0), ("b", 0)]


def test_an_outcome_that_is_there_three_times_counts_once() -> None:
    known = pl.concat([outcomes(("a", 1), ("b", 0))] * 3)
    assert labels.join(parcels("b", "a"), known, "parcel_id").rows() == [("b", 0), ("a", 1)]


@settings(max_examples=2000)
@given(st.lists(KEYS, unique=True, max_size=12), OUTCOMES)
def test_every_row_meets_its_last_outcome_once_and_no_other(
    keys: list[str], pairs: list[tuple[str, int]]
) -> None:
    last = dict(pairs)
    joined = labels.join(parcels(*keys), outcomes(*pairs), "parcel_id")
    assert joined.rows() == [(key, last[key]) for key in keys if key in last]


@settings(max_examples=2000)
@given(st.lists(KEYS, unique=True, min_size=1, max_size=12), OUTCOMES)
def test_the_monitor_never_counts_more_labels_than_predictions(
    keys: list[str], pairs: list[tuple[str, int]]
) -> None:
    depots = pl.lit("BER").alias("depot")
    captured = parcels(*keys).with_columns(pl.lit(0.5, pl.Float32).alias(PREDICTION), depots)
    known, nothing = labels.divide(outcomes(*pairs)), Baseline({}, {})
    answerer = Answerer("ab" * 32, "cd" * 32)
    summary = summarise(answerer, captured, known, "parcel_id", nothing, objectives())
    assert summary.labelled == len(set(keys) & dict(pairs).keys()) <= summary.rows == len(keys)


def test_the_key_of_an_older_model_may_have_another_name() -> None:
    rows = pl.DataFrame({"number": ["a", "b"]})
    assert labels.join(rows, outcomes(("b", 1)), "number").rows() == [("b", 1)]


@pytest.mark.parametrize(
    ("values", "named"),
    [
        (["late", "1"], "not '1', 'late';"),
        ([0, 1, 2], "not 2;"),
        ([0, 1, 3, 2, 4], "not 2, 3, 4;"),
        ([0.5, 1.0], r"not 0\.5;"),
    ],
)
def test_labels_that_are_not_0_or_1_are_named(values: list[Any], named: str) -> None:
    known = pl.DataFrame({"parcel_id": [*map(str, range(len(values)))], "label": values})
    with pytest.raises(ProjectError, match=rf"do not fit the task: .* {named} mend read_labels"):
        labels.check(known)


@pytest.mark.parametrize(
    "known",
    [
        pl.DataFrame({"parcel_id": ["a"], "label": [1.0]}),
        pl.DataFrame({"parcel_id": ["a"], "label": [None]}, SCHEMA),
        pl.DataFrame({"parcel_id": [None], "label": [1]}, SCHEMA),
        pl.DataFrame({"parcel_id": ["a"]}),
        pl.DataFrame({"label": [1]}, {"label": pl.Int8}),
    ],
)
def test_labels_of_another_kind_are_refused(known: pl.DataFrame) -> None:
    with pytest.raises(ProjectError, match="The labels break their schema"):
        labels.check(known)


GOOD = outcomes(*((f"good {number}", number % 2) for number in range(99)))


def test_a_few_values_that_are_none_of_the_task_are_set_apart() -> None:
    divided = labels.divide(pl.concat([GOOD, outcomes(("bad", 7))]))
    assert divided.good.rows() == GOOD.rows()
    assert divided.bad.rows() == [("bad", "7", "label|task")]


def test_a_few_outcomes_that_cannot_be_read_are_set_apart() -> None:
    unread = pl.DataFrame({"parcel_id": ["bad"], UNREAD: ["12 min"]})
    divided = labels.divide(pl.concat([GOOD, unread], how="diagonal"))
    assert divided.good.rows() == GOOD.rows()
    assert divided.bad.rows() == [("bad", "12 min", "label|dtype")]


def test_a_few_labels_that_break_their_schema_are_set_apart() -> None:
    divided = labels.divide(pl.concat([GOOD, outcomes(("bad", None))]))
    assert divided.bad.rows() == [("bad", None, "label|nullability")]


def test_a_correction_of_what_cannot_be_read_replaces_it() -> None:
    unread = pl.DataFrame({"parcel_id": ["a"], UNREAD: ["12 min"]})
    divided = labels.divide(pl.concat([unread, outcomes(("a", 1))], how="diagonal_relaxed"))
    assert (divided.good.rows(), len(divided.bad)) == ([("a", 1)], 0)


def test_many_outcomes_that_cannot_be_read_are_refused_with_the_most_frequent() -> None:
    unread = pl.DataFrame({"parcel_id": [f"bad {n}" for n in range(9)], UNREAD: ["?"] * 9})
    known = pl.concat([GOOD, unread], how="diagonal")
    with pytest.raises(ProjectError, match=r"9 of 108 cannot be used .*, such as '\?' 9: mend"):
        labels.divide(known)


class Counts(dy.Schema):
    """Labels that the schema allows and the task does not."""

    parcel_id = dy.String(primary_key=True)
    label = dy.Int8()


class Strangers(dy.Schema):
    """Labels that do not say whose they are."""

    number = dy.String(primary_key=True)
    label = dy.Int8()


def test_labels_that_fit_the_schema_but_not_the_task_are_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("parcels.schema.Labels", Counts)
    with pytest.raises(ProjectError, match=r"The labels do not fit the task: .* not 7; mend"):
        labels.check(outcomes(("a", 1), ("b", 7)))


def test_labels_without_the_key_of_the_rows_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("parcels.schema.Labels", Strangers)
    with pytest.raises(ProjectError, match="lack the column 'parcel_id': add it to Labels"):
        labels.check(outcomes(("a", 1)).rename({"parcel_id": "number"}))


def test_values_that_are_all_different_are_known_by_their_hashes() -> None:
    values = pl.Series([f"key {number}" for number in range(100_000)])
    assert distinct(values)
    assert not distinct(pl.concat([values, values[-1:]]))
