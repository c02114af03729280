"""What each input adds to an answer: exact sums, and the values that Shapley defined."""

import itertools
import math
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from slipway import bundle
from slipway.bundle import Model
from slipway.explain import references
from slipway.explain.contributions import Contributions, Explainer
from slipway.features import Array
from slipway.training_data.columns import to_columns

ROWS = 12


@pytest.fixture(scope="module")
def model(bundle_dir: Path) -> Model:
    return bundle.load(bundle_dir)


@pytest.fixture(scope="module")
def explainer(model: Model) -> Explainer:
    return Explainer(model)


@pytest.fixture(scope="module")
def columns(parcels: pl.DataFrame) -> dict[str, Array]:
    """Return rows of every month, of which some have nulls."""
    unweighed = parcels.filter(pl.col("weight").is_null()).head(2)
    chosen = pl.concat([parcels.gather_every(len(parcels) // ROWS), unweighed])
    return to_columns(chosen.drop("label"))


@pytest.fixture(scope="module")
def explained(explainer: Explainer, columns: dict[str, Array]) -> Contributions:
    return explainer.explain(columns)


def exact(explainer: Explainer, columns: dict[str, Array], row: int) -> Array:
    """Return Shapley's values (k,) of one row by his formula, over every set of inputs."""
    count = len(explainer.inputs)
    values = np.array([worth(explainer, columns, row, number) for number in range(2**count)])
    return np.array([shapley(values, place, count) for place in range(count)])


def worth(explainer: Explainer, columns: dict[str, Array], row: int, number: int) -> float:
    """Return the mean answer when the inputs in the set `number` are the row's."""
    mixed = {}
    for place, (name, theirs) in enumerate(explainer.references.items()):
        own = number >> place & 1
        mixed[name] = np.repeat(columns[name][row : row + 1], len(theirs)) if own else theirs
    return float(explainer.model.predict(mixed).astype(np.float64).mean())


def shapley(values: Array, place: int, count: int) -> float:
    total = 0.0
    for number in range(2**count):
        if not number >> place & 1:
            size = number.bit_count()
            share = math.factorial(size) * math.factorial(count - size - 1) / math.factorial(count)
            total += share * (values[number | 1 << place] - values[number])
    return total


def test_base_and_contributions_add_up_to_the_answer(
    explained: Contributions, model: Model, columns: dict[str, Array]
) -> None:
    sums = explained.base["probability"] + explained.values["probability"].sum(axis=1)
    assert sums == pytest.approx(model.predict(columns), abs=1e-9)


def test_every_input_but_the_key_has_a_contribution(explained: Contributions, model: Model) -> None:
    named = tuple(spec.name for spec in model.manifest.inputs if spec.role != "key")
    assert explained.inputs == named
    assert explained.values["probability"].shape == (ROWS + 2, len(named))


def test_contributions_are_near_the_exact_shapley_values(
    explainer: Explainer, explained: Contributions, columns: dict[str, Array]
) -> None:
    found = explained.values["probability"][:3]
    wanted = np.array([exact(explainer, columns, row) for row in range(3)])
    spread = np.abs(wanted).max()
    assert np.abs(found - wanted).max() < 0.15 * spread
    assert np.corrcoef(found.ravel(), wanted.ravel())[0, 1] > 0.99


def test_an_input_that_the_model_never_looks_at_adds_nothing(
    model: Model, explainer: Explainer, columns: dict[str, Array], monkeypatch: pytest.MonkeyPatch
) -> None:
    predict = model.predict
    blind = type(model).predict
    monkeypatch.setattr(
        type(model),
        "predict",
        lambda self, given: blind(
            self, {**given, "express": np.zeros(len(given["express"]), bool)}
        ),
    )
    assert predict is not None
    values = Explainer(model).explain(columns).values["probability"]
    assert np.abs(values[:, explainer.inputs.index("express")]).max() == 0
    assert np.abs(values[:, explainer.inputs.index("distance")]).max() > 0.01


def test_a_row_is_explained_alike_alone_and_among_others(
    explainer: Explainer, explained: Contributions, columns: dict[str, Array]
) -> None:
    alone = explainer.explain({name: column[3:4] for name, column in columns.items()})
    assert alone.values["probability"][0].tolist() == explained.values["probability"][3].tolist()


def test_references_follow_the_training_rows(model: Model, parcels: pl.DataFrame) -> None:
    made = references.build(model.manifest)
    assert made["distance"].dtype == np.float32
    assert float(np.median(made["distance"])) == pytest.approx(
        parcels["distance"].median(), rel=0.1
    )
    assert set(made["country"]) <= set(parcels["country"])
    assert made["express"].mean() == pytest.approx(0.2, abs=0.1)
    training = model.manifest.training
    assert training.start <= str(made["handed_over"].min())[:10]
    assert str(made["handed_over"].max())[:10] < training.end


def test_no_two_orders_are_equal(explainer: Explainer) -> None:
    orders = [tuple(order) for order in explainer.orders.tolist()]
    assert len(set(orders)) == len(orders) == 2 * references.ROWS
    for order, reverse in itertools.islice(
        zip(orders, orders[references.ROWS :], strict=False), 16
    ):
        assert order == reverse[::-1]
