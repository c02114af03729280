from collections.abc import Sequence
from datetime import datetime

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from parcels import features
from slipway.errors import ProjectError
from slipway.features import (
    CATEGORIES_MAXIMUM,
    SMOOTHING,
    Array,
    CategoryMeans,
    fit_category_means,
    hour,
    stack,
    weekday,
)

NOON = datetime(2024, 4, 1, 12, 30)  # a Monday


def texts(*values: str | None) -> Array:
    return np.array(values, dtype=object)


def times(*values: datetime) -> Array:
    return np.array(values, dtype="datetime64[m]")


def fit(depots: Array, labels: Sequence[float]) -> CategoryMeans:
    return fit_category_means({"depot": depots}, np.array(labels), ("depot",))


def test_a_category_is_replaced_by_its_smoothed_mean_label() -> None:
    encoder = fit(texts(*["HAM"] * 50, *["BER"] * 50), [1] * 40 + [0] * 60)
    ham, ber = encoder.encode({"depot": texts("HAM", "BER")}, "depot")
    assert encoder.default == pytest.approx(0.4)
    assert ham == pytest.approx((40 + SMOOTHING * 0.4) / (50 + SMOOTHING))
    assert ber == pytest.approx((0 + SMOOTHING * 0.4) / (50 + SMOOTHING))


@pytest.mark.parametrize(
    "column",
    [
        np.array([7, 8] * 50),
        np.array([True, False] * 50),
        np.array([1.5, np.nan] * 50, np.float32),
        texts("HAM", None, *["BER"] * 98),
    ],
    ids=["integers", "yes-or-no", "numbers", "texts"],
)
def test_categories_of_any_type_are_known_again_after_json(column: Array) -> None:
    encoder = fit(column, [1, 0] * 50)
    read = msgspec.json.decode(msgspec.json.encode(encoder), type=CategoryMeans)
    rates = encoder.encode({"depot": column}, "depot")
    assert rates[0] > encoder.default > 0
    assert read.encode({"depot": column}, "depot").tolist() == rates.tolist()


def test_labels_may_be_any_numbers() -> None:
    encoder = fit(texts("HAM", "HAM", "BER"), [1.5, 2.5, -1.0])
    assert encoder.default == pytest.approx(1)
    assert encoder.means["depot"]["HAM"] == pytest.approx((4 + SMOOTHING) / (2 + SMOOTHING))


def test_only_the_named_columns_are_learned() -> None:
    columns = {"depot": texts("HAM"), "country": texts("DE")}
    assert set(fit_category_means(columns, np.array([1]), ("country",)).means) == {"country"}


def test_the_rarest_of_very_many_categories_get_the_overall_mean() -> None:
    often = [f"D{number:04}" for number in range(CATEGORIES_MAXIMUM)]
    encoder = fit(texts("ONCE", *often, *often), [1, *[0] * len(often), *[1] * len(often)])
    assert encoder.means["depot"].keys() == set(often)
    assert encoder.encode({"depot": texts("ONCE")}, "depot").tolist() == [encoder.default]


def test_an_unknown_category_gets_the_overall_mean() -> None:
    encoder = fit(texts("HAM", "BER"), [0, 1])
    assert encoder.encode({"depot": texts("MUC")}, "depot").tolist() == [0.5]


def test_a_null_category_gets_the_overall_mean() -> None:
    encoder = fit(texts(None, "HAM", "HAM"), [0, 1, 1])
    assert set(encoder.means["depot"]) == {"HAM"}
    assert encoder.encode({"depot": texts(None)}, "depot").tolist() == [encoder.default]


def test_columns_are_stacked_in_their_order_as_float32() -> None:
    matrix = stack(np.array([1, 2]), np.array([0.5, 1.5]), np.array([True, False]))
    assert matrix.dtype == np.float32
    assert matrix.tolist() == [[1, 0.5, 1], [2, 1.5, 0]]


def test_a_missing_number_stays_missing() -> None:
    matrix = stack(np.array([np.nan, 1], np.float32), np.array([2, 3]))
    assert np.isnan(matrix).tolist() == [[True, False], [False, False]]


@given(st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1)))
def test_hour_and_weekday_are_those_of_the_calendar(time: datetime) -> None:
    assert hour(times(time)).astype(np.float32) == np.float32(time.hour + time.minute / 60)
    assert weekday(times(time)).tolist() == [time.isoweekday()]


def test_a_row_alone_gives_the_same_features_as_in_a_batch() -> None:
    batch = {
        "handed_over": times(NOON, datetime(2024, 1, 6, 5, 15), datetime(2024, 7, 4, 23, 59)),
        "depot": texts("BER", "HAM", "MUC"),
        "country": texts("DE", "AT", "DE"),
        "weight": np.array([1.5, np.nan, 3], np.float32),
        "distance": np.array([10, 20, 30], np.float32),
        "pieces": np.array([1, 2, 3]),
        "express": np.array([True, False, False]),
    }
    encoder = features.fit(batch, np.array([1, 0, 0]))
    together = features.transform(batch, encoder)
    for row in range(3):
        alone = {name: column[row : row + 1] for name, column in batch.items()}
        assert np.array_equal(features.transform(alone, encoder)[0], together[row], equal_nan=True)


def test_the_mean_of_texts_is_refused_with_what_to_write_instead() -> None:
    with pytest.raises(ProjectError, match=r"Texts have no mean: .* `labels == 'some class'`"):
        fit_category_means({"depot": texts("HAM", "BER")}, texts("late", "early"), ("depot",))


def test_the_share_of_a_class_is_learned_from_which_labels_are_it() -> None:
    labels = texts("late", "early", "late", "late")
    encoder = fit_category_means({"depot": texts(*["HAM"] * 4)}, labels == "late", ("depot",))
    assert encoder.default == 0.75
