"""Which of several: figures agree with scikit-learn, answers cost least, labels are classes."""

from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError
from sklearn.metrics import confusion_matrix, f1_score, log_loss, precision_score, roc_auc_score

from slipway.tasks import VALUE, Array, temperature
from slipway.tasks.classes import slugs
from slipway.tasks.multiclass import Kpi, Multiclass

CLASSES = ("early", "on time", "late")
TASK = Multiclass(classes=CLASSES)
COSTS: dict[str, Any] = {
    "early": {"on time": 1, "late": 5},
    "on time": {"early": 2, "late": 4},
    "late": {"early": 1, "on time": 1, "late": -3},
}
KPI = Kpi(name="v", unit="EUR", costs=COSTS)
MATRIX = np.array([[0, 1, 5], [2, 0, 4], [1, 1, -3]])
EQUAL = 1 - np.eye(3)


def sample(rows: int = 20_000, sharper: float = 1.0) -> tuple[Array, Array]:
    """Return classes, and probabilities that are too sure by a power."""
    random = np.random.default_rng(4)
    true = random.dirichlet([1.0, 2.0, 0.7], rows)
    places = (true.cumsum(axis=1) < random.random((rows, 1))).sum(axis=1)
    sharp = true**sharper
    raw = (sharp / sharp.sum(axis=1, keepdims=True)).astype(np.float32)
    return np.array(CLASSES, dtype=object)[places], raw


def predicted(raw: Array, costs: Array = EQUAL, warmth: float = 1.0) -> Array:
    return TASK.predictions(raw, {"temperature": warmth, "costs": costs.tolist()})


def measured(labels: Array, predictions: Array) -> dict[str, float]:
    return TASK.figures(TASK.tally(labels, predictions), KPI)


def test_the_figures_agree_with_scikit_learn() -> None:
    labels, raw = sample()
    figures, places = measured(labels, predicted(raw)), TASK.numbers(labels)
    chosen = raw.argmax(axis=1)
    shares = raw.astype(np.float64) / raw.astype(np.float64).sum(axis=1, keepdims=True)
    area = roc_auc_score(places, shares, multi_class="ovr", average="macro")
    assert figures["log_loss"] == pytest.approx(log_loss(places, shares), rel=1e-5)
    assert figures["auc"] == pytest.approx(area, abs=5e-4)
    assert figures["macro_f1"] == pytest.approx(f1_score(places, chosen, average="macro"))
    precisions = precision_score(places, chosen, average=None)
    named = [figures[f"precision_{name}"] for name in ("early", "on_time", "late")]
    assert named == pytest.approx(list(precisions))


def test_there_is_a_figure_for_each_metric() -> None:
    labels, raw = sample(100)
    assert list(measured(labels, predicted(raw))) == [metric.name for metric in TASK.metrics]


def test_the_value_is_what_the_answers_cost() -> None:
    labels, raw = sample()
    predictions = predicted(raw, MATRIX)
    answers = confusion_matrix(TASK.numbers(labels), predictions[:, -1].astype(int)).T
    wanted = -1000 * (answers * MATRIX).sum() / len(labels)
    assert measured(labels, predictions)[VALUE] == pytest.approx(wanted)


def test_the_answer_of_least_expected_cost_is_worth_more_than_the_likeliest() -> None:
    labels, raw = sample()
    cheapest, likeliest = (measured(labels, predicted(raw, costs)) for costs in (MATRIX, EQUAL))
    assert cheapest[VALUE] > likeliest[VALUE] + 50
    assert cheapest["macro_f1"] < likeliest["macro_f1"]


def test_of_answers_that_cost_the_same_the_likeliest_is_given() -> None:
    raw = np.array([[0.2, 0.3, 0.5]], np.float32)
    assert predicted(raw, np.zeros((3, 3)))[0, -1] == 2


def test_the_tallies_of_two_parts_add_up_to_that_of_the_whole() -> None:
    labels, raw = sample(300)
    predictions = predicted(raw)
    for cut in (0, 1, 150, 300):
        parts = [TASK.tally(labels[s], predictions[s]) for s in (slice(cut), slice(cut, None))]
        for name, whole in TASK.tally(labels, predictions).items():
            added = parts[0][name] + parts[1][name]
            assert (added.shape, added.dtype) == (whole.shape, whole.dtype)
            assert added == pytest.approx(whole, rel=1e-9)


@pytest.mark.parametrize("sharper", [0.5, 1.0, 3.0])
def test_the_temperature_undoes_how_much_too_sure_a_model_is(sharper: float) -> None:
    labels, raw = sample(sharper=sharper)
    decision = TASK.calibrate(labels, raw, KPI)
    assert decision["temperature"] == pytest.approx(sharper, rel=0.03)
    assert decision["costs"] == MATRIX.tolist()
    before, after = measured(labels, predicted(raw)), TASK.predictions(raw, decision)
    assert measured(labels, after)["calibration_error"] < 0.01
    assert measured(labels, after)["log_loss"] <= before["log_loss"] + 1e-9


def test_a_model_that_is_always_right_and_sure_has_a_finite_temperature() -> None:
    raw = np.tile(np.eye(3, dtype=np.float32), (10, 1))
    labels = np.array(CLASSES * 10, dtype=object)
    decision = TASK.calibrate(labels, raw, KPI)
    assert decision["temperature"] == pytest.approx(temperature.SHARPEST, rel=0.01)
    assert measured(labels, TASK.predictions(raw, decision))["log_loss"] == 0


def test_an_answer_is_the_class_its_probability_and_those_of_all() -> None:
    raw = np.array([[0.25, 0.5, 0.25], [0.125, 0.125, 0.75]], np.float32)
    answer = TASK.answer(predicted(raw), {})
    assert answer["class"] == ["on time", "late"]
    assert answer["probability"] == pytest.approx([0.5, 0.75])
    assert np.array(answer["probabilities"]) == pytest.approx(raw)
    assert list(answer) == [output.name for output in TASK.outputs]


def test_the_columns_whose_drift_is_measured_are_the_class_and_how_sure_it_is() -> None:
    columns = TASK.columns(predicted(np.array([[0.25, 0.5, 0.25]], np.float32)))
    assert columns["predicted class"].tolist() == ["on time"]
    assert columns["predicted probability"] == pytest.approx([0.5])


def test_two_models_disagree_by_the_share_of_probability_that_lies_elsewhere() -> None:
    one, other = np.array([[1, 0, 0]], np.float32), np.array([[0.5, 0.5, 0]], np.float32)
    assert TASK.disagreement(predicted(one), predicted(other)) == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("labels", "named"),
    [
        (["late", "lost", "on time"], "not 'lost'"),
        (["Late"], "not 'Late'"),
        ([1, 2], "not 1, 2"),
        ([0.5], "not 0.5"),
    ],
)
def test_a_class_that_was_never_declared_is_named(labels: list[Any], named: str) -> None:
    values = np.array(labels, dtype=object if isinstance(labels[0], str) else None)
    assert TASK.wrong_labels(values).endswith(f"one of 'early', 'on time', 'late', {named}")


def test_declared_classes_are_right() -> None:
    assert TASK.wrong_labels(np.array(CLASSES, dtype=object)) == ""


def test_a_class_with_too_few_rows_is_named_with_what_is_needed() -> None:
    outcomes = np.array([30, 400, 1])
    assert TASK.unjudged(outcomes) == ""
    reason = TASK.unjudged(outcomes, minimum=20)
    assert "the 431 labelled rows hold 1 of 'late', and at least 20 of each class" in reason


@pytest.mark.parametrize(
    "classes", [["one"], ["a", "a"], ["a", ""], [1, 2], [f"c{number}" for number in range(51)]]
)
def test_classes_that_are_none_are_refused(classes: list[Any]) -> None:
    with pytest.raises(ValidationError, match="classes"):
        Multiclass.model_validate({"classes": classes})


@pytest.mark.parametrize(
    ("costs", "sentence"),
    [
        ({**COSTS, "lost": {}}, "costs names 'lost', which is none of the classes"),
        ({**COSTS, "late": {"lost": 1}}, "costs.late names 'lost', which is none of the classes"),
        (
            {"early": COSTS["early"], "on time": COSTS["on time"]},
            "costs lacks what 'late' costs where 'early' is right",
        ),
    ],
)
def test_costs_that_do_not_fit_the_classes_are_named(costs: Any, sentence: str) -> None:
    assert TASK.wrong_kpi(Kpi(name="v", unit="EUR", costs=costs)) == sentence
    assert TASK.wrong_kpi(KPI) == ""


@pytest.mark.parametrize(
    ("classes", "names"),
    [
        (("on time", "Late!"), ["on_time", "late"]),
        (("a b", "a-b", "c"), ["1", "2", "3"]),
        (("\u8fdf\u5230", "c"), ["1", "2"]),
    ],
)
def test_the_figures_of_a_class_have_names_that_prometheus_takes(
    classes: tuple[str, ...], names: list[str]
) -> None:
    assert slugs(classes) == names
