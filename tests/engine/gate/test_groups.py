"""The group that loses most: a loss has to be shown, and many groups do not make it likelier."""

import numpy as np
import pytest

from slipway.features import Array, Columns
from slipway.gate.groups import too_small, worst_group
from slipway.gate.models import Measured
from tests.engine.gate.conftest import Answer, Ask, guesses, made_up

LIMIT = 0.03


@pytest.fixture(autouse=True)
def limit(ask: Ask) -> None:
    ask(group_loss_maximum=LIMIT)


def pair(answer: Answer, rows: Columns, worse: Array, noise: float) -> tuple[Measured, Measured]:
    """Return a challenger that knows less of the rows `worse` (n,) than the champion."""
    old = guesses(rows, 0.3)
    return answer(rows, np.where(worse, guesses(rows, noise), old)), answer(rows, old)


def grouped(rows: Columns, *names: str) -> Columns:
    """Return the rows with other depots, each as often as the others."""
    depots = np.array(names, dtype=object)[np.arange(len(rows["label"])) % len(names)]
    return {**rows, "depot": depots}


def test_a_group_whose_loss_is_shown_is_named_and_fails(answer: Answer) -> None:
    rows = made_up()
    models = pair(answer, rows, rows["depot"] == "HAM", noise=3)
    (check,) = worst_group(*models, rows)
    new, old = (model.groups["HAM"] for model in models)
    assert (check.name, check.limit, check.passed) == ("worst_group_loss", LIMIT, False)
    assert check.value == pytest.approx(old - new)
    assert check.words.startswith(f"AUC of depot HAM {new - old:.3f} against the champion's")


def test_a_loss_that_may_be_chance_passes(answer: Answer) -> None:
    rows = made_up(rows_a_day=20)
    models = pair(answer, rows, rows["depot"] == "HAM", noise=0.9)
    (check,) = worst_group(*models, rows)
    assert check.value > LIMIT
    assert check.passed


def test_a_group_that_gains_is_no_loss(answer: Answer) -> None:
    rows = made_up()
    worse, better = pair(answer, rows, rows["depot"] == "HAM", noise=3)
    (check,) = worst_group(better, worse, rows)
    assert check.passed
    assert check.value <= 0


def test_of_many_groups_one_has_to_lose_more_clearly_than_of_few(answer: Answer) -> None:
    rows = made_up(rows_a_day=200)
    loses = np.arange(len(rows["label"])) % 20 == 0
    few = {**rows, "depot": np.where(loses, "HAM", "BER").astype(object)}
    many = grouped(rows, "HAM", *(f"depot {number}" for number in range(19)))
    checks = [
        check
        for data in (few, many)
        for check in worst_group(*pair(answer, data, loses, noise=4), data)
    ]
    assert checks[0].value == checks[1].value
    assert [check.passed for check in checks] == [False, True]


def test_groups_too_small_to_be_judged_are_counted_and_lose_nothing(answer: Answer) -> None:
    rows = made_up()
    depots = rows["depot"].copy()
    depots[:15], depots[15:25] = "a few", "fewer"
    rows = {**rows, "depot": depots}
    (check,) = worst_group(*pair(answer, rows, np.arange(len(depots)) < 25, noise=30), rows)
    assert check.passed
    assert "few" not in check.words
    assert too_small(rows) == " Too small to be compared: 2 of 5 groups of depot."


def test_where_all_groups_are_large_enough_nothing_is_said_of_size(answer: Answer) -> None:
    assert too_small(made_up()) == ""


def test_where_no_group_is_named_none_is_compared(answer: Answer, ask: Ask) -> None:
    ask(group="")
    rows = made_up()
    models = pair(answer, rows, rows["depot"] == "HAM", noise=3)
    assert (worst_group(*models, rows), too_small(rows)) == ([], "")
