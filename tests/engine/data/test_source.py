from datetime import date, datetime, timedelta

import polars as pl

from slipway.data import schema, source

MARCH = date(2013, 3, 1)
APRIL = date(2013, 4, 1)


def test_the_features_have_the_columns_of_the_schema() -> None:
    frame = source.read_features(MARCH, APRIL)
    assert frame.schema == pl.Schema(schema.Features)


def test_a_month_holds_its_flights_oldest_first_and_each_once() -> None:
    frame = source.read_features(MARCH, APRIL)
    departure = frame["handed_over"]
    assert len(frame) == 28834
    assert departure.is_sorted()
    assert departure.min() >= datetime(2013, 3, 1)
    assert departure.max() < datetime(2013, 4, 1)
    assert frame["parcel_id"].is_unique().all()


def test_only_outcomes_on_record_at_the_start_of_the_day_are_read() -> None:
    known = source.read_labels(MARCH, APRIL, APRIL)
    flights = source.read_features(MARCH, APRIL).join(known, on="parcel_id")
    latest = flights["handed_over"].max()
    assert latest < datetime(2013, 4, 1) - source.LABEL_DELAY
    assert latest > datetime(2013, 4, 1) - source.LABEL_DELAY - timedelta(days=1)


def test_outcomes_never_change_once_they_are_known() -> None:
    early = source.read_labels(MARCH, APRIL, APRIL)
    late = source.read_labels(MARCH, APRIL, date(2013, 6, 1))
    assert len(late) > len(early)
    assert early.join(late, on=["parcel_id", "label"], how="anti").is_empty()


def test_a_flight_that_never_arrived_has_no_outcome() -> None:
    flights = source.read_features(MARCH, APRIL)
    labels = source.read_labels(MARCH, APRIL, date(2014, 1, 1))
    assert len(labels) < len(flights)
    assert labels["label"].null_count() == 0
    assert set(labels["label"].unique()) == {0, 1}


def test_consecutive_periods_meet_without_gap_or_overlap() -> None:
    middle = date(2013, 3, 14)
    parts = [source.read_features(MARCH, middle), source.read_features(middle, APRIL)]
    assert pl.concat(parts).equals(source.read_features(MARCH, APRIL))


def test_available_names_the_first_day_and_the_day_after_the_last() -> None:
    assert source.available() == (date(2013, 1, 1), date(2014, 1, 1))


def test_an_empty_period_gives_no_rows_and_the_same_columns() -> None:
    frame = source.read_features(date(2012, 1, 1), date(2012, 2, 1))
    assert frame.is_empty()
    assert frame.schema == pl.Schema(schema.Features)
