"""What each column becomes: its type, its limits, whether it may be missing, or why it is out."""

import math
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from .conftest import Adopt
from .kit import ROWS, table

UNPAID = table()["unpaid"].to_list()


def repeated(*values: Any) -> list[Any]:
    """Return the values again and again, a row each."""
    return [values[row % len(values)] for row in range(ROWS)]


@pytest.mark.parametrize(
    ("values", "kind", "nullable"),
    [
        (repeated(1.5, 2.5), "Float32", False),
        (repeated(1.5, None, 2.5), "Float32", True),
        (repeated(1.5, math.nan, math.inf, -math.inf, 2.5), "Float32", True),
        (repeated(1.5, 1e300, 2.5), "Float32", True),
        (repeated(3, 1, 2), "Int64", False),
        (repeated(3, None, 1), "Float32", True),
        (pl.Series(repeated(3, 1, 250), dtype=pl.UInt8), "Int64", False),
        (repeated(2**63 - 1, 2**63 - 900), "Float32", False),
        (repeated(2**63 - 1, -(2**63)), "Float32", False),
        (repeated(Decimal("1.25"), Decimal("2.50")), "Float32", False),
        (repeated(Decimal("1.25"), None), "Float32", True),
        (repeated(True, False), "Bool", False),
        (repeated(True, False, None), "String", True),
        (repeated("a", "b"), "String", False),
        (repeated("a", "b", ""), "String", True),
        (pl.Series(repeated("a", "b"), dtype=pl.Categorical), "String", False),
        (pl.Series(repeated("a", None), dtype=pl.Enum(["a", "b"])), "String", True),
        (repeated("a\nb", " ", "\x00", 'it\'s "c"'), "String", False),
    ],
)
def test_a_column_becomes_an_input_of_the_model(
    values: object, kind: str, nullable: bool, adopt: Adopt
) -> None:
    result = adopt(table(other=values))
    column = result.columns["other"]
    assert (type(column).__name__, column.nullable) == (kind, nullable)
    rows = result.read()
    assert len(rows) == ROWS
    assert bool(rows["other"].null_count()) == nullable


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        (repeated(None), "empty in every row"),
        (repeated(math.nan), "empty in every row"),
        (repeated(""), "empty in every row"),
        (repeated(0), "always 0"),
        (repeated("x"), "always 'x'"),
        ([date(2020, 1, 1) + timedelta(days=row) for row in range(ROWS)], "a second time"),
        (repeated(timedelta(days=1), timedelta(days=2)), "a second time"),
        (repeated([1], [2]), "holds List(Int64)"),
        (repeated({"a": 1}), "holds Struct"),
        (repeated(b"a", b"b"), "holds Binary"),
        ([f"note {row}" for row in range(ROWS)], "400 different values"),
        (repeated("a" * 300, "b" * 300), "texts of up to 300"),
        (list(range(5, ROWS + 5)), "grows with every row"),
        ([row * row for row in range(ROWS)], "grows with every row"),
        (UNPAID, "predicts the outcome"),
        (["early" if value else "late" for value in UNPAID], "predicts the outcome"),
        ([5.5 if value else None for value in UNPAID], "predicts the outcome"),
        ([value * 90 + row % 7 for row, value in enumerate(UNPAID)], "predicts the outcome"),
    ],
)
def test_a_column_that_no_model_may_be_told_is_left_out_with_the_reason(
    values: object, reason: str, adopt: Adopt
) -> None:
    result = adopt(table(other=values))
    assert "other" not in result.columns
    assert "amount" in result.columns
    assert result.reasons["other"].startswith(reason)


@pytest.mark.parametrize(
    ("least", "most", "lowest", "highest"),
    [
        (0, 100, 0, 200),
        (1, 2, 0, 3),
        (-10, 10, -20, 20),
        (-7.25, -7.0, -7.4, -6.8),
        (0.001, 0.003, 0, 0.004),
        (0, 1e30, 0, 2e30),
    ],
)
def test_limits_leave_at_least_half_of_the_range_on_either_side_and_keep_the_sign(
    least: float, most: float, lowest: float, highest: float, adopt: Adopt
) -> None:
    column = adopt(table(other=repeated(float(least), float(most), (least + most) / 2))).columns[
        "other"
    ]
    assert column.min == pytest.approx(lowest)
    assert column.max == pytest.approx(highest)


@pytest.mark.parametrize(
    "values",
    [
        repeated(-100_000_002.0, -100_000_001.0),
        repeated(16_777_217.0, 16_777_219.0),
        repeated(0.1, None),
        repeated(1e-30, 3e-30),
        repeated(-3.4e38, 3.4e38),
        repeated(-(2**53), 2**53),
    ],
)
def test_no_row_that_was_seen_breaks_its_limits(values: list[float], adopt: Adopt) -> None:
    assert len(adopt(table(other=values)).read()) == ROWS


def test_one_usable_column_is_enough(adopt: Adopt) -> None:
    result = adopt(table(amount=repeated(None), branch=repeated("x"), other=repeated(1, 2)))
    assert list(result.columns) == ["row_id", "asked", "other"]


@pytest.mark.parametrize("missing", ["amount", "branch"])
def test_a_table_needs_no_number_and_no_category(missing: str, adopt: Adopt) -> None:
    result = adopt(table({missing: repeated(None)}))
    features = result.module("features")
    assert set(features.FEATURES) == {"hour", "weekday"} | (
        {"branch_mean"} if missing == "amount" else {"amount"}
    )


def test_three_hundred_columns_are_adopted(adopt: Adopt) -> None:
    many = {f"c{number}": repeated(*range(number % 7 + 2)) for number in range(300)}
    assert set(many) < set(adopt(table(many)).columns)
