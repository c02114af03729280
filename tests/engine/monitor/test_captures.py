"""What is captured of a month: its days, and what is in an object or a line."""

import io
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import polars as pl
import pytest

from slipway import captured
from slipway.contract.captured import ANSWERED, PREDICTION, Answerer, CapturedLine
from slipway.contract.inputs import InputSpec
from slipway.errors import ProjectError
from slipway.features import Array
from slipway.monitor.captures import by_answerer, days, finite, latest, months, typed
from tests.engine.bucket import Bucket

MODEL, MANIFEST, OTHER = "ab" * 32, "cd" * 32, "ef" * 32
MONTH = "2024-04"
FIRST = date(2024, 4, 1)
INPUTS = [
    InputSpec(name="parcel_id", datatype="BYTES", role="key"),
    InputSpec(name="handed_over", datatype="BYTES", role="time"),
    InputSpec(name="weight", datatype="FP32", role="feature", nullable=True),
    InputSpec(name="pieces", datatype="INT64", role="feature"),
]


def inputs(_: Answerer) -> list[InputSpec]:
    return INPUTS


def line(
    key: str,
    second: int = 0,
    prediction: float | list[float] = 0.25,
    manifest: str | None = None,
    **columns: Any,
) -> bytes:
    row = CapturedLine(
        time=f"2024-04-01T00:00:{second:02}.000+00:00",
        model=MODEL,
        request="r",
        key=key,
        columns={"handed_over": "2024-04-01T05:15:00", "weight": 3, "pieces": 100, **columns},
        prediction=prediction,
        manifest=manifest,
    )
    return msgspec.json.encode(row) + b"\n"


def write(directory: Path, name: str, content: bytes) -> None:
    path = directory / MONTH / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def rows(keys: str = "ab", predictions: Array | None = None) -> pl.DataFrame:
    """Return rows as a server captures them, answered a second after each other."""
    frame = pl.DataFrame(
        {
            "parcel_id": list(keys),
            "handed_over": [datetime(2024, 4, 1, 5, 15)] * len(keys),
            "weight": np.arange(len(keys), dtype=np.float32),
            "pieces": [100] * len(keys),
        }
    )
    answers = np.full(len(keys), 0.25, np.float32) if predictions is None else predictions
    clock = [1_711_929_600_000 + 1000 * number for number in range(len(keys))]
    return captured.table(INPUTS, frame, answers, Answerer(MODEL, MANIFEST), "r", clock)


def only(directory: Path) -> pl.DataFrame:
    """Return the rows of the month's lines, of one day and model."""
    ((day,), _) = days(str(directory), MONTH, inputs)
    (table,) = day.lines
    ((_, part),) = by_answerer(table).items()
    return typed(part, INPUTS)


def test_an_object_comes_back_as_it_was_captured() -> None:
    ((path, (content, number)),) = captured.objects(rows(), "handed_over", "1").items()
    assert (path, number) == ("2024-04/01/1.parquet", 2)
    ((answerer, part),) = by_answerer(pl.read_parquet(content)).items()
    assert answerer == (MODEL, MANIFEST)
    assert typed(part, INPUTS).to_dicts() == [
        {
            "parcel_id": key,
            "handed_over": datetime(2024, 4, 1, 5, 15),
            "weight": weight,
            "pieces": 100,
            PREDICTION: 0.25,
            ANSWERED: datetime(2024, 4, 1, second=second, tzinfo=UTC),
        }
        for key, weight, second in (("a", 0, 0), ("b", 1, 1))
    ]


def test_a_line_of_an_older_server_comes_back_the_same(tmp_path: Path) -> None:
    write(tmp_path, "1.jsonl", line("a", weight=0) + line("b", 1, weight=1))
    ((_, part),) = by_answerer(rows()).items()
    assert only(tmp_path).equals(typed(part, INPUTS))


def test_the_predictions_of_a_row_stay_together(tmp_path: Path) -> None:
    answers = np.array([[0.25, 0.75], [1, 0]], np.float32)
    ((content, _),) = captured.objects(rows(predictions=answers), "handed_over", "1").values()
    ((_, part),) = by_answerer(pl.read_parquet(content)).items()
    assert typed(part, INPUTS)[PREDICTION].to_list() == answers.tolist()
    write(tmp_path, "1.jsonl", line("a", prediction=[0.25, 0.75]) + line("b", prediction=[1, 0]))
    assert only(tmp_path)[PREDICTION].to_list() == answers.tolist()


def test_predictions_that_another_tool_wrote_as_lists_are_read() -> None:
    written = io.BytesIO()
    lists = rows().with_columns(pl.Series(PREDICTION, [[0.25, 0.75], [1.0, 0.0]]))
    lists.write_parquet(written)
    ((_, part),) = by_answerer(pl.read_parquet(written.getvalue())).items()
    assert typed(part, INPUTS)[PREDICTION].to_numpy().tolist() == [[0.25, 0.75], [1, 0]]


def test_a_cut_line_is_counted_and_the_rest_is_read(tmp_path: Path) -> None:
    write(tmp_path, "1.jsonl", line("a") + line("b")[:-20] + b"\n" + b'{"time": "\xff"}\n')
    write(tmp_path, "2.jsonl", line("c"))
    assert only(tmp_path)["parcel_id"].to_list() == ["a", "c"]
    assert days(str(tmp_path), MONTH, inputs)[1] == 2


def test_the_last_answer_for_a_key_counts() -> None:
    again = pl.concat([rows("ab").reverse(), rows("cca").reverse()])
    kept = latest(again, "parcel_id").sort("parcel_id")
    assert kept.select("parcel_id", "weight").rows() == [("a", 2), ("b", 1), ("c", 1)]


def test_an_input_that_was_not_captured_is_missing() -> None:
    later = InputSpec(name="distance", datatype="FP32", role="feature", nullable=True)
    assert typed(rows(), [*INPUTS, later])["distance"].to_list() == [None, None]


def test_a_time_that_is_none_is_missing_and_of_the_first_day(tmp_path: Path) -> None:
    write(tmp_path, "1.jsonl", line("a", handed_over="yesterday"))
    assert only(tmp_path)["handed_over"].to_list() == [None]
    assert [day.date for day in days(str(tmp_path), MONTH, inputs)[0]] == [FIRST]


def test_a_prediction_that_is_no_number_is_left_out() -> None:
    answers = np.array([0.5, np.nan, np.inf], np.float32)
    assert finite(rows("abc", answers))["parcel_id"].to_list() == ["a"]
    assert finite(rows("bc", answers[1:])).is_empty()
    assert finite(rows().with_columns(pl.lit(None, pl.Float32).alias(PREDICTION))).is_empty()
    pairs = np.stack([answers, answers[::-1]], axis=1)
    assert finite(rows("abc", pairs)).is_empty()


def test_days_are_those_of_objects_and_lines(tmp_path: Path) -> None:
    for name in ("03/2.parquet", "03/1.parquet", "02/.3.parquet", "31/1.parquet", "04/notes.txt"):
        write(tmp_path, name, b"")
    write(tmp_path, "1.jsonl", line("a", handed_over="2024-04-09T05:15") + line("b"))
    write(tmp_path, ".2.jsonl", line("c"))
    found, _ = days(str(tmp_path), MONTH, inputs)
    assert {day.date.day: len(day.objects) for day in found} == {1: 0, 3: 2, 9: 0}
    assert {day.date.day: sum(map(len, day.lines)) for day in found} == {1: 1, 3: 0, 9: 1}


def test_a_month_without_captures_is_empty(tmp_path: Path) -> None:
    assert days(str(tmp_path), MONTH, inputs) == ([], 0)


def test_what_proved_a_release_at_an_older_server_is_left_out(tmp_path: Path) -> None:
    write(tmp_path, "1.jsonl", line("proof-0") + line("a"))
    assert only(tmp_path)["parcel_id"].to_list() == ["a"]


def test_a_client_whose_keys_begin_like_an_old_proof_is_counted(tmp_path: Path) -> None:
    write(tmp_path, "1.jsonl", line("proof-0", manifest=OTHER))
    assert only(tmp_path)["parcel_id"].to_list() == ["proof-0"]


def test_months_are_listed_newest_first_and_nothing_else(tmp_path: Path) -> None:
    for name in ("2024-04/01", "2024-12", "2023-05", "2024-13", "lost+found"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "1.parquet").touch()
    assert months(str(tmp_path)) == ["2024-12", "2024-04", "2023-05"]


def test_a_bucket_is_read_like_a_directory(bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in bucket.variables().items():
        monkeypatch.setenv(name, value)
    place = "s3://project/captures/prod"
    bucket.objects["project/captures/prod/2024-04/1.jsonl"] = line("a") + line("b")[:-9]
    bucket.objects["project/captures/prod/2024-04/02/1.parquet"] = b"later"
    bucket.objects["project/captures/dev/2024-05/1.jsonl"] = line("d")
    assert months(place) == ["2024-04"]
    found, unreadable = days(place, "2024-04", inputs)
    assert ([day.date.day for day in found], unreadable) == ([1, 2], 1)


def test_a_store_that_refuses_is_an_error_of_one_sentence(
    bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in bucket.variables().items():
        monkeypatch.setenv(name, value)
    bucket.status = 403
    with pytest.raises(ProjectError, match=r"The store s3://project/captures failed \(.+\): check"):
        months("s3://project/captures")
