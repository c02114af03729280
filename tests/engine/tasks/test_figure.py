"""Figures are printed so that their size can be read."""

import math

import pytest

from slipway.tasks.figure import Metric, named


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (12.3456, "12.35"),
        (0.00123456, "0.001235"),
        (123456.7, "123,457"),
        (-9.99996, "-10.000"),
        (0.0, "0.0"),
        (math.nan, "nan"),
        (None, ""),
    ],
)
def test_a_figure_without_a_format_has_four_digits_that_count(
    value: float | None, text: str
) -> None:
    assert Metric("mae", "error", "", "Mean.", "lower").show(value) == text


def test_of_many_values_five_are_named() -> None:
    assert named(["a", 1, 2, 3, 4, 5]) == "'a', 1, 2, 3, 4, ..."
