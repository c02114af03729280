"""Challenger beside champion: which word is said of them, and how sure it is."""

import re
from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from slipway.contract.gate import Comparison, Verdict
from slipway.contract.interval import Interval
from slipway.gate.comparison import BETTER, NOT_SHOWN, NOT_WORSE, WORSE, compare, verdict
from slipway.objectives import objectives
from tests.engine.gate.conftest import Answer, Ask, guesses, made_up

CLEAR, BLURRED = 0.3, 1.0
OLDER = "2024-04-01"


def said(answer: Answer, new: float, old: float, **rows: int) -> tuple[Comparison, str, bool]:
    """Compare models of so much noise: the comparison, its words, and whether it passes."""
    data = made_up(**rows)
    models = answer(data, guesses(data, new)), answer(data, guesses(data, old, seed=3), OLDER)
    comparison, check = compare(*models, data)
    return comparison, check.words, check.passed


def test_a_gain_that_is_shown_is_better_and_passes(answer: Answer) -> None:
    comparison, _, passed = said(answer, CLEAR, BLURRED)
    assert (comparison.verdict, passed) == (BETTER, True)
    assert comparison.interval is not None
    assert 0 < comparison.interval.lower < comparison.gain < comparison.interval.upper
    assert comparison.interval.days == 14


def test_the_words_say_the_gain_with_its_bounds_and_the_days(answer: Answer) -> None:
    comparison, words, _ = said(answer, CLEAR, BLURRED)
    interval = comparison.interval
    assert interval is not None
    told = re.search(
        r"is better: a gain of (\S+), (\S+) to (\S+) with 80% confidence over 14 days", words
    )
    assert told is not None
    assert [float(number) for number in told.groups()] == pytest.approx(
        [comparison.gain, interval.lower, interval.upper], abs=0.0006
    )


def test_a_loss_that_is_shown_is_worse_and_refused(answer: Answer) -> None:
    comparison, words, passed = said(answer, BLURRED, CLEAR)
    assert (comparison.verdict, passed) == (WORSE, False)
    assert comparison.gain < 0
    assert "is worse: a gain of -0." in words


def test_models_of_equal_worth_are_refused(answer: Answer) -> None:
    comparison, words, passed = said(answer, 0.6, 0.6, rows_a_day=20)
    assert (comparison.verdict, passed) == (NOT_SHOWN, False)
    assert "is not shown to be better" in words


def test_a_gain_of_one_stormy_day_is_not_shown_whatever_it_is(answer: Answer) -> None:
    rows = made_up()
    stormy = np.arange(len(rows["label"])) < 300
    clear = guesses(rows, CLEAR)
    old = answer(rows, np.where(stormy, guesses(rows, 30), clear), OLDER)
    comparison, check = compare(answer(rows, clear), old, rows)
    assert comparison.gain > objectives().gate.margin
    assert (comparison.verdict, check.passed) in {(NOT_WORSE, False), (NOT_SHOWN, False)}


@pytest.mark.parametrize("allowed", [False, True])
def test_a_newer_model_that_is_no_worse_passes_only_where_the_owner_lets_it(
    allowed: bool, answer: Answer, ask: Ask
) -> None:
    ask(newer=allowed)
    rows = made_up()
    same = guesses(rows, CLEAR)
    comparison, check = compare(answer(rows, same), answer(rows, same, OLDER), rows)
    assert (comparison.verdict, check.passed) == (NOT_WORSE, allowed)
    assert ("gate.newer in objectives.yaml does not let that pass" in check.words) is not allowed


def test_an_equal_model_that_is_not_newer_is_refused(answer: Answer, ask: Ask) -> None:
    ask(newer=True)
    rows = made_up()
    same = answer(rows, guesses(rows, CLEAR))
    comparison, check = compare(same, same, rows)
    assert (comparison.verdict, check.passed) == (NOT_SHOWN, False)


def test_one_day_says_nothing_of_the_next_and_what_to_do_is_said(answer: Answer) -> None:
    comparison, words, passed = said(answer, CLEAR, BLURRED, days=1, rows_a_day=3000)
    assert comparison == Comparison(NOT_SHOWN, comparison.gain, None)
    assert comparison.gain > 0.02
    assert not passed
    assert words.endswith("raise training.holdout_days in objectives.yaml")


def test_outcomes_of_two_days_of_fourteen_say_nothing_either(answer: Answer) -> None:
    rows = made_up()
    late = np.arange(len(rows["label"])) < 600
    rows = {**rows, "label": rows["label"] * late}
    new, old = (answer(rows, guesses(rows, noise)) for noise in (CLEAR, BLURRED))
    comparison, _ = compare(new, old, rows)
    assert (comparison.verdict, comparison.interval) == (NOT_SHOWN, None)


def test_a_champion_that_cannot_answer_is_compared_by_points_and_that_is_said(
    answer: Answer,
) -> None:
    rows = made_up()
    new, old = answer(rows, guesses(rows, CLEAR)), answer(rows, guesses(rows, BLURRED))
    for first, second, word in ((new, old, BETTER), (old, new, NOT_SHOWN)):
        comparison, check = compare(first, replace(second, predictions=None), rows)
        assert (comparison.verdict, comparison.interval) == (word, None)
        assert check.passed is (word == BETTER)
        assert "it has other features and cannot answer these rows" in check.words


def test_of_a_metric_whose_low_values_are_good_a_fall_is_a_gain(answer: Answer, ask: Ask) -> None:
    ask(metric="brier", margin=0.001)
    comparison, words, passed = said(answer, CLEAR, BLURRED)
    assert (comparison.verdict, passed) == (BETTER, True)
    assert comparison.gain > 0
    assert words.startswith("Brier score 0.")


def test_the_same_rows_give_the_same_bounds(answer: Answer) -> None:
    assert said(answer, CLEAR, BLURRED) == said(answer, CLEAR, BLURRED)


def test_whoever_asks_for_more_confidence_gets_a_wider_interval(answer: Answer, ask: Ask) -> None:
    widths = []
    for confidence in (0.6, 0.8, 0.99):
        ask(confidence=confidence)
        interval = said(answer, CLEAR, BLURRED)[0].interval
        assert interval is not None
        widths.append(interval.upper - interval.lower)
    assert widths == sorted(set(widths))


@pytest.mark.parametrize(
    ("gain", "lower", "upper", "newer", "word"),
    [
        (0.010, 0.002, 0.018, False, BETTER),
        (0.005, 0.001, 0.009, True, BETTER),
        (0.004, 0.001, 0.007, True, NOT_WORSE),  # sure, but less than the margin
        (0.004, 0.001, 0.007, False, NOT_SHOWN),
        (0.010, -0.004, 0.024, True, NOT_WORSE),
        (0.010, -0.006, 0.026, True, NOT_SHOWN),
        (-0.002, -0.003, -0.001, True, WORSE),  # though by less than the margin
        (0.0, 0.0, 0.0, True, NOT_WORSE),
        (0.0, 0.0, 0.0, False, NOT_SHOWN),
    ],
)
def test_the_word_follows_from_the_gain_and_its_bounds(
    gain: float, lower: float, upper: float, newer: bool, word: Verdict
) -> None:
    assert verdict(gain, Interval(lower, upper, 0.9, 14), 0.005, newer) == word


def test_without_a_margin_an_equal_model_is_not_better() -> None:
    equal = Interval(0.0, 0.0, 0.9, 14)
    assert {verdict(0.0, equal, 0, newer) for newer in (False, True)} == {NOT_SHOWN}


def test_every_gain_has_exactly_one_word() -> None:
    ends = np.linspace(-0.02, 0.02, 9)
    words = {
        verdict((low + high) / 2, Interval(low, high, 0.9, 14), 0.005, newer)
        for low, high in product(ends, ends)
        for newer in (False, True)
        if low <= high
    }
    assert words == {BETTER, NOT_WORSE, NOT_SHOWN, WORSE}
