"""The outcome of a row as a label, and what it says where it is none."""

from typing import Any

import polars as pl
import pytest

from slipway.sources.outcomes import (
    Event,
    to_class,
    to_label,
    to_number,
    unread_class,
    unread_event,
    unread_number,
)

INFINITE = [float("inf"), float("-inf"), "inf", " -inf ", "Infinity"]
NOTHING = [None, float("nan"), "", "  ", "NaN", "n/a".upper()]


def read(value: Any, expression: pl.Expr) -> Any:
    (result,) = pl.DataFrame({"outcome": [value]}).select(expression).to_series().to_list()
    return result


@pytest.mark.parametrize(
    ("written", "number"),
    [(" 2 ", 2.0), ("2.5", 2.5), ("x", None), ("", None), ("inf", None), (True, 1.0), (3, 3.0)],
)
def test_a_number_is_read_however_the_table_holds_it(
    written: str | bool | int, number: float | None
) -> None:
    assert read(written, to_number(pl.col("outcome"), pl.Float64())) == number


OUTCOME = pl.col("outcome")
LABELS = [
    to_label(OUTCOME, event=1),
    to_label(OUTCOME, "late", others="on time"),
    to_number(OUTCOME, pl.Float32()),
    to_class(OUTCOME),
]
UNREAD = [
    unread_event(OUTCOME, 1),
    unread_event(OUTCOME, "late"),
    unread_event(OUTCOME, "late", "on time"),
    unread_number(OUTCOME, pl.Float32()),
    unread_class(OUTCOME),
]


@pytest.mark.parametrize("value", NOTHING)
def test_an_outcome_that_says_nothing_is_not_known(value: Any) -> None:
    assert [read(value, expression) for expression in (*LABELS, *UNREAD)] == [None] * 9


@pytest.mark.parametrize("value", INFINITE)
def test_an_infinite_outcome_is_no_label_and_told_whatever_is_predicted(value: Any) -> None:
    assert [read(value, label) for label in LABELS] == [None] * 4
    assert [read(value, unread) for unread in UNREAD] == [str(value).strip()] * 5


@pytest.mark.parametrize("value", [1e300, -1e39, "1e300", " 1e400"])
def test_a_number_that_its_type_cannot_hold_is_told(value: Any) -> None:
    assert read(value, to_number(OUTCOME, pl.Float32())) is None
    assert float(read(value, unread_number(OUTCOME, pl.Float32()))) == float(value)


@pytest.mark.parametrize(
    ("written", "event", "others", "label", "unread"),
    [
        ("late ", "late", "on time", 1, None),
        (" on time", "late", "on time", 0, None),
        ("LATE", "late", "on time", None, "LATE"),
        ("delayd", "late", ("on time", "early"), None, "delayd"),
        ("early", "late", ("on time", "early"), 0, None),
        ("delayd", "late", None, 0, None),
        ("yes", 1, None, 1, None),
        (0.0, 1, None, 0, None),
        (2, 1, None, 0, None),
        (2, 1, 0, None, "2"),
        ("maybe", 1, None, None, "maybe"),
        ("maybe", True, None, None, "maybe"),
        ("maybe", (1, "surely"), None, 0, None),
    ],
)
def test_a_value_that_is_neither_the_event_nor_another_is_no_label(
    written: Any, event: Event, others: Event | None, label: int | None, unread: str | None
) -> None:
    assert read(written, to_label(OUTCOME, event, others)) == label
    assert read(written, unread_event(OUTCOME, event, others)) == unread


@pytest.mark.parametrize("written", ["12 min", "n/a!", "1,5", "x"])
def test_a_text_that_is_no_number_is_told(written: str) -> None:
    assert read(written, unread_number(OUTCOME, pl.Float32())) == written
