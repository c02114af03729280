"""Outcomes that are classes or numbers: what is decided, told, written and read back."""

import re
from typing import Any

import numpy as np
import polars as pl
import pytest

from slipway.objectives import Objectives, load
from slipway.schema import UNREAD
from slipway.training.folds import learned
from slipway.training_data.columns import to_columns
from tests.engine.kit import forget

from .conftest import Adopt
from .kit import ROWS, Result, table

CHANCE = np.random.default_rng(3)
PRICES = CHANCE.gamma(2, 50, ROWS).round(2).tolist()
SIZES = CHANCE.choice(["small", "big", "very big"], ROWS, p=[0.5, 0.3, 0.2]).tolist()
STARS = CHANCE.integers(1, 6, ROWS).tolist()


def objectives_of(result: Result) -> Objectives:
    assert result.code == 0, result.err
    return load(result.root / "objectives.yaml")


def by_time(result: Result) -> list[Any]:
    """Return all labels in the order of the rows."""
    rows = result.read().join(result.labels(), on="row_id", how="left").sort("asked")
    return rows["label"].to_list()


@pytest.mark.parametrize(
    ("outcomes", "words", "task"),
    [
        (PRICES, [], "regression"),
        ([value / 4 for value in STARS], [], "regression"),
        (list(range(30)) * 20, [], "regression"),
        (STARS, ["--task=regression"], "regression"),
        (STARS, [], "multiclass"),
        ([float(value) for value in STARS], [], "multiclass"),
        (SIZES, [], "multiclass"),
        (SIZES, ["--event=big"], "binary"),
        (STARS, ["--event=1,2", "--task=binary"], "binary"),
        (["yes", "no"] * (ROWS // 2), [], "binary"),
        (["yes", "no"] * (ROWS // 2), ["--task=multiclass"], "multiclass"),
        (["01", "02", "03", "04"] * (ROWS // 4), [], "multiclass"),
    ],
)
@pytest.mark.parametrize("suffix", ["parquet", "csv"])
def test_the_outcome_decides_the_task_unless_somebody_does(
    outcomes: list[Any], words: list[str], task: str, suffix: str, adopt: Adopt
) -> None:
    frame = table(unpaid=outcomes[:ROWS], rows=ROWS)
    result = adopt(frame if suffix == "parquet" else frame.write_csv().encode(), *words)
    assert objectives_of(result).task.name == task


@pytest.mark.parametrize("suffix", ["parquet", "csv"])
def test_numbers_are_read_back_as_they_are(suffix: str, adopt: Adopt) -> None:
    frame = table(unpaid=[None if row >= 390 else price for row, price in enumerate(PRICES)])
    result = adopt(frame if suffix == "parquet" else frame.write_csv().encode())
    labels = by_time(result)
    assert labels[390:] == [None] * 10
    assert labels[:390] == pytest.approx(PRICES[:390], rel=1e-6)


@pytest.mark.parametrize(
    ("outcomes", "classes"),
    [
        (SIZES, SIZES),
        (STARS, [str(value) for value in STARS]),
        ([float(value) for value in STARS], [str(value) for value in STARS]),
        ([f" {size}" for size in SIZES], SIZES),
        (["007", "008", "010", "1"] * (ROWS // 4), ["007", "008", "010", "1"] * (ROWS // 4)),
    ],
)
@pytest.mark.parametrize("suffix", ["parquet", "csv"])
def test_classes_are_read_back_by_their_names(
    outcomes: list[Any], classes: list[str], suffix: str, adopt: Adopt
) -> None:
    frame = table(unpaid=outcomes)
    result = adopt(frame if suffix == "parquet" else frame.write_csv().encode())
    assert by_time(result) == classes
    assert set(objectives_of(result).task.classes) == set(classes)


def test_the_most_frequent_class_is_the_first(adopt: Adopt) -> None:
    task = objectives_of(adopt(table(unpaid=SIZES))).task
    assert list(task.classes) == ["small", "big", "very big"]


def test_names_of_classes_come_out_as_they_went_in(adopt: Adopt) -> None:
    odd = ["yes", "no: #1", 'it\'s "late", ', "12:30", "é 😀 \\n", "null and void"]
    result = adopt(table(rows=480, unpaid=odd * 80))
    names = {name.strip() for name in odd}
    assert set(objectives_of(result).task.classes) == names
    assert set(result.labels()["label"]) == names


@pytest.mark.parametrize("bad", [float("inf"), float("-inf"), float("nan"), 1e300])
def test_a_number_that_is_none_is_told_and_goes_into_quarantine(bad: float, adopt: Adopt) -> None:
    result = adopt(table(unpaid=[bad, *PRICES[1:]]))
    assert result.labels()["label"].count() == ROWS - 1
    told = "1 outcome is (infinite|too large) and goes into quarantine"
    is_number = bad == bad
    assert bool(re.search(told, result.out)) == is_number
    assert (UNREAD in result.labels().columns) == is_number


def test_what_was_decided_is_told_in_a_line_with_how_to_have_it_otherwise(adopt: Adopt) -> None:
    lines = adopt(table(unpaid=STARS)).out.splitlines()
    (line,) = [line for line in lines if line.startswith("The class is predicted: ")]
    assert "TASK=regression (--task) predicts the number" in line
    assert "EVENT=value,value (--event) yes or no" in line


def test_a_limit_is_what_predicting_the_mean_costs(adopt: Adopt) -> None:
    targets = objectives_of(adopt(table(unpaid=PRICES)))
    off = float(np.abs(np.array(PRICES) - np.mean(PRICES)).mean())
    assert targets.quality == "mae"
    assert targets.gate.maximum["mae"] == pytest.approx(off, rel=0.01)
    assert targets.monitoring.quality_objective == pytest.approx(off, rel=0.01)


@pytest.mark.parametrize("outcomes", [PRICES, SIZES])
def test_a_column_that_gives_the_outcome_away_is_left_out(
    outcomes: list[Any], adopt: Adopt
) -> None:
    copy = [value * 1.2 if isinstance(value, float) else value.upper() for value in outcomes]
    reasons = adopt(table(unpaid=outcomes, billed=copy)).reasons
    assert "predicts the outcome almost alone" in reasons["billed"]


@pytest.mark.parametrize(
    ("outcomes", "words", "sentence"),
    [
        ([f"c{row % 100}" for row in range(ROWS)], [], "has 100 values, such as 'c0', 'c1'"),
        (list(range(ROWS)), ["--task=multiclass"], "and 20 at most are taken for classes"),
        (["one", *(["a", "b", "c"] * ROWS)[1:ROWS]], [], "The class 'one' of the outcome"),
        ([f"{row},50 €" for row in range(ROWS)], [], "numbers written as text, such as"),
        ([f"{row},50 €" for row in range(ROWS)], ["--task=regression"], "is no number: numbers"),
        (SIZES, ["--task=regression"], "is no number: texts, such as"),
        (SIZES, ["--task=binary"], "name those to be predicted, as EVENT=a,b"),
        (SIZES, ["--task=ranking"], "There is no task 'ranking': write TASK=binary or TASK="),
        (SIZES, ["--task=regression", "--event=big"], "leave out EVENT or TASK"),
        ([5] * ROWS, [], "is 5 in every row: two outcomes are needed"),
        ([1.5, *[1e300] * (ROWS - 1)], ["--task=regression"], "has one finite number only"),
        ([1.5, *[float("inf")] * (ROWS - 1)], [], "is 1.5 in every row whose outcome is known"),
        ([20240101 + row % 28 for row in range(ROWS)], [], "holds times"),
        ([table()["asked"][row] for row in range(ROWS)], [], "holds times"),
        (["x" * 61, *SIZES[1:]] * 1, [], "The outcome 'unpaid' has classes of more than 60"),
    ],
)
def test_an_outcome_that_cannot_be_predicted_is_refused_with_what_to_do(
    outcomes: list[Any], words: list[str], sentence: str, adopt: Adopt
) -> None:
    assert sentence in adopt(table(unpaid=outcomes), *words).sentence


def test_a_class_has_the_same_features_in_training_and_at_a_server(adopt: Adopt) -> None:
    sizes = CHANCE.choice(["a", "z", "m"], ROWS, p=[0.5, 0.3, 0.2]).tolist()
    result = adopt(table(unpaid=sizes))
    features = result.module("features")
    assert features.CLASSES == ("z", "m")
    rows = result.read().join(result.labels(), on="row_id")
    columns, labels = to_columns(rows), to_columns(rows)["label"]
    fresh, read = features.fit(columns, labels), learned(features, columns, labels)
    of_fresh, of_read = (features.transform(columns, encoder) for encoder in (fresh, read))
    np.testing.assert_array_equal(of_fresh, of_read)
    rate = of_read[:, features.FEATURES.index("branch_z")]
    assert rate.mean() == pytest.approx(np.mean(labels == "z"), abs=0.02)


@pytest.mark.parametrize("outcomes", [PRICES, SIZES])
def test_what_was_adopted_is_trained_and_described(outcomes: list[Any], adopt: Adopt) -> None:
    from slipway.training import steps

    result = adopt(table(rows=1200, days=365, unpaid=outcomes * 3))
    assert not [note for note in result.notes if "too few" in note], result.notes
    forget()  # the objectives of before
    as_of = result.module("source").available()[1]
    data, rows, fitted = (result.root / name for name in ("data", "rows", "fitted"))
    steps.ingest(as_of, data)
    steps.validate(as_of, data, rows)
    steps.train(rows, fitted)
    assert (fitted / "model.onnx").is_file()
    assert len(pl.read_parquet(rows / "holdout.parquet")) >= 20
