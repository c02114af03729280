from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from slipway.contract.captured import CapturedLine
from slipway.contract.inputs import InputSpec
from slipway.errors import ProjectError
from slipway.monitor.captures import PREDICTION, by_model, months, read, to_frame
from tests.engine.bucket import Bucket

MODEL, MANIFEST, OTHER = "ab" * 32, "cd" * 32, "ef" * 32
MONTH = "2024-04"
INPUTS = [
    InputSpec(name="parcel_id", datatype="BYTES", role="key"),
    InputSpec(name="handed_over", datatype="BYTES", role="time"),
    InputSpec(name="weight", datatype="FP32", role="feature", nullable=True),
    InputSpec(name="pieces", datatype="INT64", role="feature"),
]


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
    (directory / MONTH).mkdir(exist_ok=True)
    (directory / MONTH / name).write_bytes(content)


def test_captured_rows_become_typed_columns(tmp_path: Path) -> None:
    write(tmp_path, "1.jsonl", line("a") + line("b", weight=None))
    frame = to_frame(read(str(tmp_path), MONTH).rows, INPUTS)
    assert frame.to_dicts() == [
        {
            "parcel_id": key,
            "handed_over": datetime(2024, 4, 1, 5, 15),
            "weight": weight,
            "pieces": 100,
            PREDICTION: 0.25,
        }
        for key, weight in (("a", 3), ("b", None))
    ]


def test_the_predictions_of_a_row_stay_together(tmp_path: Path) -> None:
    write(tmp_path, "1.jsonl", line("a", prediction=[0.25, 0.75]) + line("b", prediction=[1, 0]))
    frame = to_frame(read(str(tmp_path), MONTH).rows, INPUTS)
    assert frame[PREDICTION].to_list() == [[0.25, 0.75], [1, 0]]


def test_a_cut_line_is_counted_and_the_rest_is_read(tmp_path: Path) -> None:
    write(tmp_path, "1.jsonl", line("a") + line("b")[:-20])
    write(tmp_path, "2.jsonl", line("c"))
    captured = read(str(tmp_path), MONTH)
    assert [row.key for row in captured.rows] == ["a", "c"]
    assert captured.unreadable == 1


def test_a_line_that_is_no_utf8_is_counted(tmp_path: Path) -> None:
    write(tmp_path, "1.jsonl", line("a") + b'{"time": "\xff"}\n')
    assert read(str(tmp_path), MONTH).unreadable == 1


def test_the_last_answer_for_a_key_counts(tmp_path: Path) -> None:
    write(tmp_path, "1.jsonl", line("a", second=9, weight=9))
    write(tmp_path, "2.jsonl", line("a", second=5, weight=5))
    frame = to_frame(read(str(tmp_path), MONTH).rows, INPUTS)
    assert frame["weight"].to_list() == [9]


def test_an_input_that_was_not_captured_is_missing(tmp_path: Path) -> None:
    write(tmp_path, "1.jsonl", line("a"))
    later = InputSpec(name="distance", datatype="FP32", role="feature", nullable=True)
    frame = to_frame(read(str(tmp_path), MONTH).rows, [*INPUTS, later])
    assert frame["distance"].to_list() == [None]


def test_a_time_that_is_none_is_missing(tmp_path: Path) -> None:
    write(tmp_path, "1.jsonl", line("a", handed_over="yesterday"))
    assert to_frame(read(str(tmp_path), MONTH).rows, INPUTS)["handed_over"].to_list() == [None]


def test_a_file_still_being_written_is_left_alone(tmp_path: Path) -> None:
    write(tmp_path, "1.jsonl", line("a"))
    write(tmp_path, ".2.jsonl", line("b"))
    assert len(read(str(tmp_path), MONTH).rows) == 1


def test_a_month_without_captures_is_empty(tmp_path: Path) -> None:
    assert read(str(tmp_path), MONTH).rows == []


def test_what_proved_a_release_at_an_older_server_is_left_out(tmp_path: Path) -> None:
    write(tmp_path, "1.jsonl", line("proof-0") + line("a"))
    assert [row.key for row in read(str(tmp_path), MONTH).rows] == ["a"]


def test_a_client_whose_keys_begin_like_an_old_proof_is_counted(tmp_path: Path) -> None:
    write(tmp_path, "1.jsonl", line("proof-0", manifest=OTHER))
    assert [row.key for row in read(str(tmp_path), MONTH).rows] == ["proof-0"]


def test_rows_of_a_server_of_release_1_0_are_read(tmp_path: Path) -> None:
    row = (
        b'{"time":"2024-04-01T00:00:00.000+00:00","model":"%s","request":"r","key":"a",'
        b'"columns":{"handed_over":"2024-04-01T05:15","weight":3,"pieces":1},"prediction":0.25}\n'
    )
    write(tmp_path, "1.jsonl", row % MODEL.encode())
    (read_row,) = read(str(tmp_path), MONTH).rows
    assert (read_row.key, read_row.manifest) == ("a", None)


def test_the_same_model_with_another_manifest_is_another_one(tmp_path: Path) -> None:
    older, newer, other = line("a"), line("b", manifest=MANIFEST), line("c", manifest=OTHER)
    write(tmp_path, "1.jsonl", newer + other)
    answered = by_model(read(str(tmp_path), MONTH).rows)
    assert {model: len(rows) for model, rows in answered.items()} == {
        (MODEL, MANIFEST): 1,
        (MODEL, OTHER): 1,
    }
    write(tmp_path, "1.jsonl", older + newer)
    answered = by_model(read(str(tmp_path), MONTH).rows)
    assert {model: len(rows) for model, rows in answered.items()} == {(MODEL, MANIFEST): 2}


def test_months_are_listed_newest_first_and_nothing_else(tmp_path: Path) -> None:
    for name in ("2024-04", "2024-12", "2023-05", "2024-13", "lost+found"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "1.jsonl").touch()
    assert months(str(tmp_path)) == ["2024-12", "2024-04", "2023-05"]


def test_a_bucket_is_read_like_a_directory(bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in bucket.variables().items():
        monkeypatch.setenv(name, value)
    place = "s3://project/captures/prod"
    bucket.objects["project/captures/prod/2024-04/1.jsonl"] = line("a") + line("b")[:-9]
    bucket.objects["project/captures/prod/2024-04/2.jsonl"] = line("c")
    bucket.objects["project/captures/dev/2024-05/1.jsonl"] = line("d")
    assert months(place) == ["2024-04"]
    assert [row.key for row in read(place, "2024-04").rows] == ["a", "c"]


def test_a_store_that_refuses_is_an_error_of_one_sentence(
    bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in bucket.variables().items():
        monkeypatch.setenv(name, value)
    bucket.status = 403
    with pytest.raises(ProjectError, match=r"The store s3://project/captures failed \(.+\): check"):
        months("s3://project/captures")
