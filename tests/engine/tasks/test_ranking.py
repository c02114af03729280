"""A histogram of probabilities tells what the rows themselves tell, and adds up over parts."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from sklearn.metrics import brier_score_loss, roc_auc_score

from slipway.tasks import Array, ranking

ROWS = 400_000
CASES = {  # mean and spread of the log-odds of rows, and how much is added to all
    "common": (-1.4, 1.0, 0.0),
    "even": (0.0, 0.5, 0.0),
    "rare": (-10.0, 1.2, 0.0),
    "rare and too sure": (-10.0, 1.2, -4.0),
    "nearly always": (9.0, 1.2, 0.0),
    "said to be certain": (-1.0, 1.5, 14.0),
}


def sample(mean: float, spread: float, added: float) -> tuple[Array, Array]:
    """Return outcomes, and float32 probabilities that are `added` log-odds too high."""
    random = np.random.default_rng(3)
    log_odds = random.normal(mean, spread, ROWS)
    events = (random.random(ROWS) < 1 / (1 + np.exp(-log_odds))).astype(np.int64)
    return events, (1 / (1 + np.exp(-log_odds - added))).astype(np.float32)


def area(tally: dict[str, Array]) -> float:
    return ranking.area(*tally["rows"])


@st.composite
def any_rows(draw: st.DrawFn) -> tuple[Array, Array]:
    """Return both outcomes among up to 60 rows, and any probabilities, 0 and 1 too."""
    count = draw(st.integers(2, 60))
    events = draw(arrays.arrays(np.int64, count, elements=st.integers(0, 1)))
    events[:2] = 0, 1
    return events, draw(arrays.arrays(np.float32, count, elements=st.floats(0, 1, width=32)))


@pytest.mark.parametrize("case", CASES)
def test_the_area_is_that_of_the_rows_to_half_a_thousandth(case: str) -> None:
    events, probabilities = sample(*CASES[case])
    tally = ranking.tally(events, probabilities)
    assert area(tally) == pytest.approx(roc_auc_score(events, probabilities), abs=5e-4)


def test_events_of_one_in_ten_thousand_are_among_the_cases() -> None:
    assert sample(*CASES["rare"])[0].mean() == pytest.approx(1e-4, rel=0.3)


@given(any_rows())
@settings(max_examples=300)
def test_the_area_is_off_by_no_more_than_pairs_that_share_a_bin(rows: tuple[Array, Array]) -> None:
    events, probabilities = rows
    tally = ranking.tally(events, probabilities)
    others, happened = tally["rows"]
    shared = (others * happened).sum() / (others.sum() * happened.sum())
    assert abs(area(tally) - roc_auc_score(events, probabilities)) <= shared / 2 + 1e-12


@given(any_rows())
@settings(max_examples=100)
def test_the_mean_squared_error_is_exact(rows: tuple[Array, Array]) -> None:
    events, probabilities = rows
    error = ranking.tally(events, probabilities)["squared_error"][0] / len(events)
    wanted = brier_score_loss(events, probabilities.astype(np.float64))
    assert error == pytest.approx(wanted, abs=1e-12)


@given(any_rows(), st.integers(0, 60))
@settings(max_examples=100)
def test_the_tallies_of_two_parts_add_up_to_that_of_the_whole(
    rows: tuple[Array, Array], cut: int
) -> None:
    events, probabilities = rows
    parts = [ranking.tally(events[s], probabilities[s]) for s in (slice(cut), slice(cut, None))]
    for name, whole in ranking.tally(events, probabilities).items():
        added = parts[0][name] + parts[1][name]
        assert (added.shape, added.dtype) == (whole.shape, whole.dtype)
        assert added == pytest.approx(whole, rel=1e-12)


def test_the_calibration_error_is_that_of_ten_groups_of_rows_in_their_order() -> None:
    events, probabilities = sample(-1.4, 1.0, 0.5)
    tally = ranking.tally(events, probabilities)
    groups = np.array_split(np.argsort(probabilities, kind="stable"), 10)
    wanted = np.mean([abs(events[rows].mean() - probabilities[rows].mean()) for rows in groups])
    found = ranking.calibration_error(tally["rows"], tally["predicted"])
    assert found == pytest.approx(wanted, abs=1e-4)
