"""Days are folded once, and again when they have changed; the sum is that of all at once."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from msgspec.json import Encoder

from parcels import source
from slipway import bundle, registry
from slipway.contract.captured import CapturedLine
from slipway.monitor import fold
from slipway.monitor.month import add_up
from slipway.objectives import objectives
from slipway.settings import settings
from slipway.training_data.columns import to_columns
from tests.engine.bucket import Bucket

from .may import END, LATER, MONTH, START, capture, days, month, report, states


def test_what_has_not_changed_is_not_read_again(model: bundle.Model, read: list[str]) -> None:
    capture(model, days(1, 3))
    first = report()
    assert read == ["05/01", "05/02", "05/03"]
    assert report() == first
    assert len(read) == 3


def test_without_its_state_the_monitor_says_the_same(model: bundle.Model) -> None:
    capture(model, days(1, 31))
    first = report()
    for path in states():
        path.unlink()
    assert report() == first


def test_day_by_day_is_the_same_as_all_at_once(model: bundle.Model) -> None:
    for day in range(1, 32):
        capture(model, days(day, day))
        month()
    by_day = report()
    for path in states():
        path.unlink()
    assert report() == by_day


def test_only_a_day_with_a_new_object_is_read_again(model: bundle.Model, read: list[str]) -> None:
    capture(model, days(1, 3))
    month()
    read.clear()
    late = days(2, 2).head(5).with_columns(parcel_id=pl.format("late-{}", pl.int_range(5)))
    capture(model, late, name="2")
    assert month().whole.rows == len(days(1, 3)) + 5
    assert read == ["05/02"]


def test_only_days_whose_labels_arrived_are_read_again(
    model: bundle.Model, read: list[str]
) -> None:
    capture(model, days(1, 4))
    assert month(date(2024, 5, 5)).whole.labelled == len(days(1, 1))
    read.clear()
    assert month(date(2024, 5, 6)).whole.labelled == len(days(1, 2))
    assert read == ["05/02"]


def test_a_corrected_label_replaces_the_first(
    model: bundle.Model, read: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    capture(model, days(1, 2))
    events = report()["performance"]["values"]["event_rate"]
    known = source.read_labels
    wrong = pl.when(pl.col("parcel_id") == known(START, END, LATER)["parcel_id"][0])
    flipped = wrong.then(1 - pl.col("label")).otherwise("label").alias("label")
    read.clear()
    monkeypatch.setattr(source, "read_labels", lambda *asked: known(*asked).with_columns(flipped))
    moved = report()["performance"]["values"]["event_rate"]
    assert abs(moved - events) == pytest.approx(1 / len(days(1, 2)))
    assert read == ["05/01"]


def test_labels_in_another_order_change_nothing(
    model: bundle.Model, read: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    capture(model, days(1, 2))
    month()
    read.clear()
    known = source.read_labels
    monkeypatch.setattr(source, "read_labels", lambda *asked: known(*asked).reverse())
    month()
    assert read == []


def test_another_group_counts_the_captures_again(model: bundle.Model) -> None:
    capture(model, days(1, 31))
    assert month().whole.groups.keys() == {"BER", "HAM", "MUC"}
    gate = objectives().gate.model_copy(update={"group": "express"})
    targets = objectives().model_copy(update={"gate": gate})
    captured, kept = f"{settings().captures}/prod", f"{settings().monitoring}/prod"
    seen = add_up(MONTH, captured, kept, LATER, targets)
    assert seen is not None
    assert seen.whole.groups.keys() == {"True", "False"}


def test_a_day_in_parts_is_the_same_as_a_whole_one(
    model: bundle.Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    capture(model, days(1, 3))
    capture(model, days(2, 3), name="2")
    whole = report()
    monkeypatch.setattr(fold, "PART_BYTES", 2000)
    for path in states():
        path.unlink()
    parts = report()
    values = whole["performance"].pop("values")
    assert parts["performance"].pop("values") == pytest.approx(values)
    assert (parts["performance"], parts["drift"]) == (whole["performance"], whole["drift"])
    assert parts["performance"]["predictions"] == len(days(1, 3))


def test_a_key_that_comes_again_counts_once_a_day(model: bundle.Model) -> None:
    rows = days(1, 1)
    capture(model, pl.concat([rows, rows]))
    capture(model, rows, name="2")
    assert month().whole.rows == len(rows)
    capture(model, rows.with_columns(pl.col("handed_over") + timedelta(days=1)))
    assert month().whole.rows == 2 * len(rows)


def test_rows_of_two_releases_within_a_day_are_told_apart(
    model: bundle.Model, make_bundle: Any
) -> None:
    registry.register(make_bundle(7))
    other = bundle.load(make_bundle(7))
    capture(model, days(1, 2))
    capture(other, days(2, 2).head(9), name="2")
    seen = month()
    assert (seen.whole.model, seen.whole.rows) == (model.model_digest, len(days(1, 2)))
    assert seen.others == {other.model_digest: 9}


def test_in_a_bucket_state_lies_beside_the_reports(
    model: bundle.Model, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    stores = {"CAPTURE_STORE": "s3://project/captures", "MONITOR_STORE": "s3://project/monitor"}
    for name, value in {**bucket.variables(), **stores}.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    capture(model, days(1, 2))
    first = month()
    kept = [path for path in bucket.objects if path.startswith("project/monitor")]
    assert kept == [f"project/monitor/prod/state/2024-05/{day}.msgpack" for day in ("01", "02")]
    bucket.asked.clear()
    assert month().whole.rows == first.whole.rows
    assert not [asked for asked in bucket.asked if ".parquet" in asked]


def test_the_tally_of_each_day_is_handed_on(model: bundle.Model) -> None:
    capture(model, days(1, 4))
    seen = month(date(2024, 5, 6))
    assert [tally["outcomes"].sum() for tally in seen.tallies] == [40, 40]


def test_lines_and_objects_of_a_month_are_one(model: bundle.Model) -> None:
    capture(model, days(2, 3))
    rows = days(1, 2)
    inputs = rows.drop("parcel_id").with_columns(pl.col("handed_over").dt.to_string("iso:strict"))
    lines = [
        CapturedLine(
            time="2024-05-01T00:00:00.000+00:00",
            model=model.model_digest,
            request="r",
            key=key,
            columns=columns,
            prediction=prediction,
        )
        for key, columns, prediction in zip(
            rows["parcel_id"],
            inputs.to_dicts(),
            model.predict(to_columns(rows)).tolist(),
            strict=True,
        )
    ]
    path = Path(settings().captures, "prod", MONTH, "1.jsonl")
    path.write_bytes(Encoder().encode_lines(lines))
    mixed = report()
    assert mixed["performance"]["predictions"] == len(days(1, 3))
    path.unlink()
    capture(model, days(1, 1), name="2")
    assert report() == mixed
