from datetime import date

import pytest

from slipway.demo.play import month_starts
from slipway.demo.story import Month, sentence
from slipway.errors import ProjectError


def month(name: str, decision: str, value: float = 0) -> Month:
    return Month(name, 10, 1, 0.6, 0.7, 0, value, {}, [], decision, "why")


def test_the_story_counts_what_paid_and_what_was_refused() -> None:
    months = [
        month("2024-04", "promoted v2", 100),
        month("2024-05", "kept", 50),
        month("2024-11", "refused"),
        month("2024-12", "refused"),
    ]

    told = sentence(months, "EUR")

    assert "asked 3 times to retrain" in told
    assert "released: 2024-04." in told
    assert "refused: 2024-11 and 2024-12." in told
    assert "+150 EUR" in told


@pytest.mark.parametrize("window_days", [62, 90, 91])
def test_the_months_start_after_the_first_training_window(window_days: int) -> None:
    starts = month_starts(date(2024, 1, 1), date(2024, 7, 1), window_days)

    assert starts == [date(2024, 4, 1), date(2024, 5, 1), date(2024, 6, 1), date(2024, 7, 1)]


def test_a_source_too_short_for_a_month_is_refused() -> None:
    with pytest.raises(ProjectError, match="needs 90 days and a month"):
        month_starts(date(2024, 1, 1), date(2024, 4, 5), 90)
