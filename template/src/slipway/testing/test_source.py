"""The source keeps its contract: the columns of the schema, and no outcome before its day."""

from datetime import timedelta

import polars as pl

from slipway import project
from slipway.schema import LABEL, input_specs, key_name, time_name
from slipway.training.window import window

from .plugin import Trained


def test_source_and_schema_agree(trained: Trained) -> None:
    specs = input_specs()
    features = pl.read_parquet(trained.data / "features.parquet")
    assert sorted(features.columns) == sorted(spec.name for spec in specs)
    assert features[key_name(specs)].is_unique().all()
    assert features[time_name(specs)].is_sorted()


def test_the_rows_of_a_period_are_those_of_its_days(trained: Trained) -> None:
    specs, days = input_specs(), window(trained.as_of)
    source = project.source()
    middle = days.start + (days.end - days.start) / 2
    parts = [source.read_features(days.start, middle), source.read_features(middle, days.end)]
    whole = pl.read_parquet(trained.data / "features.parquet")
    assert pl.concat(parts)[key_name(specs)].to_list() == whole[key_name(specs)].to_list()
    times = parts[0][time_name(specs)]
    assert times.is_empty() or times.max().date() < middle  # type: ignore[union-attr]


def test_no_outcome_is_known_before_its_row(trained: Trained) -> None:
    specs, days, source = input_specs(), window(trained.as_of), project.source()
    first, last = source.available()
    for as_of in (days.start, days.split, days.end):
        labels = source.read_labels(first, last, as_of)
        later = source.read_features(as_of, last)
        early = labels.join(later, on=key_name(specs), how="semi")
        assert early.is_empty(), f"{len(early)} outcomes are known before {as_of}, e.g. {early[0]}"


def test_what_is_known_stays_known(trained: Trained) -> None:
    specs, days, source = input_specs(), window(trained.as_of), project.source()
    key = key_name(specs)
    early = source.read_labels(days.start, days.end, days.split)
    late = source.read_labels(days.start, days.end, trained.as_of)
    assert len(early) <= len(late)
    assert early.join(late, on=key, how="anti").is_empty()


def test_every_outcome_is_known_after_the_delay(trained: Trained) -> None:
    specs, days, source = input_specs(), window(trained.as_of), project.source()
    key, months_later = key_name(specs), trained.as_of + timedelta(days=365)
    in_time = source.read_labels(days.start, days.end, trained.as_of)
    at_last = source.read_labels(days.start, days.end, months_later)
    assert at_last.join(in_time, on=key, how="anti").is_empty(), "LABEL_DELAY is too short"
    assert LABEL in in_time.columns
