"""Training features that do not give their own row's label away."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
import pytest

from slipway.bundle import open_session, run
from slipway.evaluate import figures
from slipway.families import TrainingRows
from slipway.families.boosting import Boosting
from slipway.features import (
    CATEGORIES_MAXIMUM,
    Array,
    CategoryMeans,
    Columns,
    Matrix,
    Transformation,
    fit_category_means,
    stack,
)
from slipway.monitor.baseline import build_baseline
from slipway.objectives import objectives
from slipway.training.folds import out_of_fold

TRAINING, HELD_OUT, CUSTOMERS = 20_000, 20_000, 5_000
WORSE_MAXIMUM = 0.005  # than without the category

Featurise = Callable[[Transformation, Columns, Array], Matrix]


class Amounts:
    """One number that says something, and maybe the rate of each customer, which says nothing."""

    Encoder = CategoryMeans

    def __init__(self, *categories: str) -> None:
        self.categories = categories
        self.FEATURES = ("amount", *categories)

    def fit(self, columns: Columns, labels: Array) -> CategoryMeans:
        return fit_category_means(columns, labels, self.categories)

    def transform(self, columns: Columns, encoder: CategoryMeans) -> Matrix:
        rates = (encoder.encode(columns, name) for name in self.categories)
        return stack(columns["amount"], *rates)


def rows(count: int, seed: int) -> tuple[dict[str, Array], npt.NDArray[np.int64]]:
    """Return orders of customers who are all alike, and which were returned."""
    random = np.random.default_rng(seed)
    amount = random.normal(0, 1, count).astype(np.float32)
    labels = (random.random(count) < 1 / (1 + np.exp(1.5 - amount))).astype(np.int64)
    customers = random.integers(CUSTOMERS, size=count).astype(str).astype(object)
    return {"amount": amount, "customer": customers}, labels


def leaky(transformation: Transformation, columns: Columns, labels: Array) -> Matrix:
    """Return features by an encoder that has seen each row's label."""
    return transformation.transform(columns, transformation.fit(columns, labels))


def judged(amounts: Amounts, featurise: Featurise, place: Path) -> dict[str, float]:
    """Train on some rows and return the task's figures on others."""
    columns, labels = rows(TRAINING, seed=1)
    targets = objectives()
    features = featurise(amounts, columns, labels)
    data = TrainingRows(features, amounts.FEATURES, labels, targets.task.loss)
    family = Boosting(num_iterations=60, num_leaves=31, learning_rate=0.1)
    place.mkdir()
    family.fit(data, place)
    others, outcomes = rows(HELD_OUT, seed=2)
    later = amounts.transform(others, amounts.fit(columns, labels))
    raw = run(open_session(family.export(data, place)), later)
    return figures(outcomes, targets.task.predictions(raw, {}), targets)


@pytest.fixture(scope="module")
def loss(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Featurise], dict[str, float]]:
    """Return a function: by how much the category that says nothing makes a model worse."""
    place = tmp_path_factory.mktemp("folds")
    without = judged(Amounts(), out_of_fold, place / "without")

    def compare(featurise: Featurise) -> dict[str, float]:
        found = judged(Amounts("customer"), featurise, place / featurise.__name__)
        return {
            "auc": without["auc"] - found["auc"],
            "calibration_error": found["calibration_error"] - without["calibration_error"],
        }

    return compare


def test_a_category_of_many_values_that_says_nothing_does_no_harm(
    loss: Callable[[Featurise], dict[str, float]],
) -> None:
    worse = loss(out_of_fold)
    assert worse["auc"] <= WORSE_MAXIMUM
    assert worse["calibration_error"] <= WORSE_MAXIMUM


def test_it_would_do_harm_if_the_encoder_had_seen_the_labels(
    loss: Callable[[Featurise], dict[str, float]],
) -> None:
    worse = loss(leaky)
    assert worse["auc"] > WORSE_MAXIMUM
    assert worse["calibration_error"] > WORSE_MAXIMUM


def test_what_travels_with_the_model_stays_small_however_many_values_a_category_has() -> None:
    columns, labels = rows(TRAINING, seed=1)
    encoder = Amounts("customer").fit(columns, labels)
    baseline = build_baseline(columns, {"prediction": labels.astype(np.float32)})
    assert len(set(columns["customer"].tolist())) > 4 * CATEGORIES_MAXIMUM
    assert len(encoder.means["customer"]) == CATEGORIES_MAXIMUM
    assert len(msgspec.json.encode(encoder)) + len(msgspec.json.encode(baseline)) < 50_000


class Witness:
    """Says of each row whether the encoder has seen it, and of how many rows it is made."""

    FEATURES: tuple[str, ...] = ("seen", "rows")
    Encoder: type[Any] = set

    def fit(self, columns: Columns, labels: Array) -> set[int]:
        assert columns["number"].tolist() == labels.tolist()
        return set(labels.tolist())

    def transform(self, columns: Columns, encoder: set[int]) -> Matrix:
        numbers = columns["number"]
        seen = np.array([number in encoder for number in numbers.tolist()])
        return stack(seen, np.full(len(numbers), len(encoder)))


@pytest.mark.parametrize(
    ("count", "learned"), [(2, {1}), (3, {2}), (5, {4}), (7, {5, 6}), (100, {80})]
)
def test_no_rows_features_come_from_an_encoder_that_saw_its_label(
    count: int, learned: set[int]
) -> None:
    numbers = np.arange(count)
    features = out_of_fold(Witness(), {"number": numbers}, numbers)
    assert features[:, 0].tolist() == [0] * count
    assert set(features[:, 1].tolist()) == learned


def test_the_witness_sees_an_encoder_that_knows_the_label() -> None:
    numbers = np.arange(10)
    assert leaky(Witness(), {"number": numbers}, numbers)[:, 0].tolist() == [1] * 10


def test_rows_stay_in_their_order() -> None:
    columns, labels = rows(1000, seed=3)
    features = out_of_fold(Amounts("customer"), columns, labels)
    assert features.dtype == np.float32
    assert features[:, 0].tolist() == columns["amount"].tolist()
