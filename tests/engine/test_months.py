"""What is a month, and what is none."""

from datetime import date, timedelta

import pytest

from slipway.errors import ProjectError
from slipway.months import known_by, month_days, next_month


@pytest.mark.parametrize(
    ("month", "days"),
    [
        ("2024-02", (date(2024, 2, 1), date(2024, 3, 1))),
        ("2023-12", (date(2023, 12, 1), date(2024, 1, 1))),
        ("1000-01", (date(1000, 1, 1), date(1000, 2, 1))),
    ],
)
def test_a_month_ends_where_the_next_one_begins(month: str, days: tuple[date, date]) -> None:
    assert month_days(month) == days


@pytest.mark.parametrize(
    "month",
    [
        *("", "April", "2013-4", "2013-00", "2013-13", "2013-04-01", "2013-04\n", " 2013-04"),
        *("0000-01", "9999-12", "../../etc"),
        "\uff12\uff10\uff11\uff13-\uff10\uff14",  # full-width digits
        "2\uff10\uff11\uff13-04",  # some of them
    ],
)
def test_what_is_no_month_is_refused_in_a_sentence(month: str) -> None:
    with pytest.raises(ProjectError) as refusal:
        month_days(month)
    assert str(refusal.value) == f'"{month}" is no month: write it as 2013-04.'


@pytest.mark.parametrize("day", [date(2024, 1, 1), date(2024, 1, 31)])
def test_the_next_month_begins_on_its_first_day_whatever_the_day(day: date) -> None:
    assert next_month(day) == date(2024, 2, 1)


@pytest.mark.parametrize(
    ("delay", "day"),
    [
        (timedelta(), date(2024, 5, 1)),
        (timedelta(hours=1), date(2024, 5, 2)),
        (timedelta(days=3), date(2024, 5, 4)),
        (timedelta(days=3, hours=1), date(2024, 5, 5)),
    ],
)
def test_all_outcomes_of_a_month_are_known_when_the_delay_after_its_end_has_passed(
    delay: timedelta, day: date
) -> None:
    assert known_by(date(2024, 5, 1), delay) == day
