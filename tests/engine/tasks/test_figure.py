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


@pytest.mark.parametrize(
    ("form", "limit", "text"),
    [
        (".3f", 0.68, "0.68"),
        ("", 30.0, "30"),
        (",.0f", -1_250_000, "-1,250,000"),
        (".1%", 0.7, "70%"),
        (".1%", 0.125, "12.5%"),
    ],
)
def test_a_limit_is_told_as_people_write_it_in_the_unit_of_its_figure(
    form: str, limit: float, text: str
) -> None:
    assert Metric("it", "it", form, "It.", "higher").limit(limit) == text


def test_of_many_values_five_are_named() -> None:
    assert named(["a", 1, 2, 3, 4, 5]) == "'a', 1, 2, 3, 4, ..."
