"""Which value of the outcome is to be predicted, when the user says so, and what is told."""

from typing import Any

import pytest

from slipway.objectives import load
from slipway.schema import UNREAD

from .conftest import Adopt
from .kit import table

UNPAID = table()["unpaid"].to_list()


@pytest.mark.parametrize(
    ("no", "yes", "asked", "event"),
    [
        ("no", "yes", "no", "no"),
        ("no", "yes", "yes", "yes"),
        ("No", "Yes", " no ", "No"),
        ("a", "A", "a", "a"),
        ("nein", "ja", "ja", "ja"),
        (0, 1, "0", 0),
        (0.0, 1.0, "0", 0),
        (False, True, "false", False),
    ],
)
@pytest.mark.parametrize("suffix", ["parquet", "csv"])
def test_the_value_that_is_asked_for_is_predicted(
    no: Any, yes: Any, asked: str, event: Any, suffix: str, adopt: Adopt
) -> None:
    frame = table(unpaid=[yes if value else no for value in UNPAID])
    content = frame if suffix == "parquet" else frame.write_csv().encode()
    result = adopt(content, f"--event={asked}")
    assert result.module("source")._table.columns.event == event
    rows = result.read().join(result.labels(), on="row_id").sort("asked")
    assert rows["label"].to_list() == [int((yes if value else no) == event) for value in UNPAID]
    assert "guess" not in result.out


@pytest.mark.parametrize("asked", ["maybe", "", "2", "ye"])
def test_a_value_that_no_row_has_is_refused_with_those_that_are(asked: str, adopt: Adopt) -> None:
    frame = table(unpaid=["yes" if value else "no" for value in UNPAID])
    sentence = adopt(frame, f"--event={asked}").sentence
    assert sentence.startswith(f"The outcome 'unpaid' is never {asked!r}")
    assert "'no' or 'yes'" in sentence


@pytest.mark.parametrize(
    ("no", "hint"), [("no", "EVENT=no "), ("not paid", "EVENT='not paid' "), (0, "EVENT=0 ")]
)
def test_an_event_that_was_guessed_can_be_changed(no: Any, hint: str, adopt: Adopt) -> None:
    yes = "yes" if isinstance(no, str) else 1
    shown = adopt(table(unpaid=[yes if value else no for value in UNPAID])).out
    assert f"{hint}(--event) predicts the other one" in shown


SIZES = ["small", "big", "big, heavy", 'an "odd" one'] * (len(UNPAID) // 4)


@pytest.mark.parametrize(
    ("asked", "event"),
    [
        ("big", "big"),
        ("big, heavy", "big, heavy"),
        ("small,big", ("small", "big")),
        (" small , BIG ", ("small", "big")),
        ('"big, heavy",small', ("big, heavy", "small")),
        ('"an ""odd"" one",big', ('an "odd" one', "big")),
        ("small,small", "small"),
    ],
)
def test_several_values_of_an_outcome_with_many_are_predicted(
    asked: str, event: Any, adopt: Adopt
) -> None:
    result = adopt(table(unpaid=SIZES), f"--event={asked}")
    assert result.module("source")._table.columns.event == event
    wanted = event if isinstance(event, tuple) else (event,)
    rows = result.read().join(result.labels(), on="row_id").sort("asked")
    assert rows["label"].to_list() == [int(size in wanted) for size in SIZES]
    assert "guess" not in result.out
    assert f"in {sum(size in wanted for size in SIZES) / len(SIZES):.1%}" in result.out


def test_several_numbers_are_predicted(adopt: Adopt) -> None:
    stars = [row % 5 + 1.0 for row in range(len(UNPAID))]
    result = adopt(table(unpaid=stars), "--event=1,2")
    labels = result.labels()["label"].to_list()
    assert (sum(labels), len(labels)) == (len(UNPAID) * 2 // 5, len(UNPAID))


@pytest.mark.parametrize(
    ("odd", "told"),
    [(["Yes"], "'Yes' is not the event, for it is written otherwise: EVENT=yes,Yes"), (["ye"], "")],
)
def test_every_other_value_is_told_named_and_means_no(
    odd: list[str], told: str, adopt: Adopt
) -> None:
    values = [*odd, *("yes" if value else "no" for value in UNPAID[1:])]
    result = adopt(table(unpaid=values), "--event=yes")
    assert result.module("source")._table.columns.others == ("no", *odd)
    assert f"No is: 'no' {values.count('no'):,}, {odd[0]!r} 1." in result.out
    assert told in " ".join(result.out.split())


def test_a_word_that_came_later_is_not_taken_for_no(adopt: Adopt) -> None:
    values = ["yes" if value else "no" for value in UNPAID]
    result = adopt(table(unpaid=values).write_csv().encode())
    table(unpaid=["YES ", *values[1:]]).write_csv(result.root / "rows.csv")
    read = result.labels()
    assert read[UNREAD].drop_nulls().to_list() == ["YES"]
    assert read["label"].null_count() == 1


def test_an_event_among_many_numbers_leaves_any_other_to_be_no(adopt: Adopt) -> None:
    numbers = [row % 25 for row in range(len(UNPAID))]
    result = adopt(table(unpaid=numbers), "--event=1")
    assert result.module("source")._table.columns.others is None


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ("small,huge", "is never 'huge': name 'an \"odd\" one' or 'big' or"),
        ("small,,big", "is never ''"),
        ('small,big,"big, heavy","an ""odd"" one"', "leave a value out of EVENT"),
    ],
)
def test_values_that_cannot_be_the_event_are_refused(
    asked: str, sentence: str, adopt: Adopt
) -> None:
    assert sentence in adopt(table(unpaid=SIZES), f"--event={asked}").sentence


def test_an_event_among_many_values_has_to_be_named(adopt: Adopt) -> None:
    said = adopt(table(unpaid=SIZES), "--task=binary").sentence
    assert said.endswith(
        "name those to be predicted, as EVENT=a,b, or make it a column of 1 and 0."
    )


def test_the_goal_is_a_sentence(adopt: Adopt) -> None:
    frame = table({"Versäumt": ["ja" if value else "nein" for value in UNPAID]})
    result = adopt(frame.drop("unpaid"), "--outcome=Versäumt", "--event=ja")
    assert result.code == 0, result.err
    goal = load(result.root / "objectives.yaml").goal
    assert goal == "Predicts whether 'Versäumt' will be 'ja'."


def test_a_key_that_is_made_is_told_by_its_name(adopt: Adopt) -> None:
    lines = adopt(table()).out.splitlines()
    assert next(line for line in lines if line.startswith("(row number)")).endswith("as row_id")


def test_a_column_takes_one_line_when_nobody_looks(adopt: Adopt) -> None:
    lines = adopt(table({f"a long name {'of a column' * 8}": UNPAID})).out.splitlines()
    row = next(line for line in lines if line.startswith("a long name"))
    assert row.endswith("is it known only afterwards?")
    assert len(lines[: lines.index("")]) == len(table().columns) + 2
