from datetime import datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from slipway.features import (
    CATEGORIES,
    FEATURES,
    NUMBERS,
    Array,
    fit_encoder,
    transform,
)


def columns(*times: datetime, carrier: str = "UA") -> dict[str, Array]:
    texts = {"carrier": carrier, "origin": "JFK", "dest": "LAX"}
    rows = len(times)
    return {
        "handed_over": np.array(times, dtype="datetime64[m]"),
        **{name: np.array([text] * rows, dtype=object) for name, text in texts.items()},
        **{
            name: np.full(rows, position, np.float32)
            for position, name in enumerate(NUMBERS, start=1)
        },
    }


NOON = datetime(2013, 4, 1, 12, 30)  # a Monday


def test_a_category_is_replaced_by_its_smoothed_event_rate() -> None:
    many = columns(*[NOON] * 100)
    labels = np.array([1] * 40 + [0] * 60)
    many["carrier"][:50] = "AA"
    encoder = fit_encoder(many, labels)
    assert encoder.default == pytest.approx(0.4)
    assert encoder.rates["carrier"]["AA"] == pytest.approx((40 + 50 * 0.4) / (50 + 50))
    assert encoder.rates["carrier"]["UA"] == pytest.approx((0 + 50 * 0.4) / (50 + 50))


def test_an_unknown_category_gets_the_overall_rate() -> None:
    encoder = fit_encoder(columns(NOON, NOON), np.array([0, 1]))
    features = transform(columns(NOON, carrier="ZZ"), encoder)
    assert features[0, FEATURES.index("carrier_rate")] == np.float32(0.5)


def test_a_null_category_gets_the_overall_rate() -> None:
    training = columns(NOON, NOON, NOON)
    training["carrier"][0] = None
    encoder = fit_encoder(training, np.array([0, 1, 1]))
    assert set(encoder.rates["carrier"]) == {"UA"}
    features = transform(training, encoder)
    assert features[0, 0] == np.float32(encoder.default)


def test_numbers_pass_through_in_the_order_of_the_feature_names() -> None:
    encoder = fit_encoder(columns(NOON), np.array([1]))
    features = transform(columns(NOON), encoder)
    assert features.shape == (1, len(FEATURES))
    assert features.dtype == np.float32
    assert features[0, len(CATEGORIES) :].tolist() == [12.5, 1, 1, 2, 3, 4, 5, 6, 7]


def test_a_missing_number_stays_missing() -> None:
    row = columns(NOON)
    row["pressure"][0] = np.nan
    features = transform(row, fit_encoder(row, np.array([1])))
    assert np.isnan(features[0, FEATURES.index("pressure")])


@given(st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1)))
def test_hour_and_weekday_are_those_of_the_calendar(time: datetime) -> None:
    encoder = fit_encoder(columns(NOON), np.array([1]))
    hour, weekday = transform(columns(time), encoder)[0, len(CATEGORIES) : len(CATEGORIES) + 2]
    assert hour == np.float32(time.hour + time.minute / 60)
    assert weekday == time.isoweekday()


def test_a_row_alone_gives_the_same_features_as_in_a_batch() -> None:
    batch = columns(NOON, datetime(2013, 1, 6, 5, 15), datetime(2013, 7, 4, 23, 59))
    encoder = fit_encoder(batch, np.array([1, 0, 0]))
    together = transform(batch, encoder)
    for row in range(3):
        alone = {name: column[row : row + 1] for name, column in batch.items()}
        assert (transform(alone, encoder) == together[row]).all()
