from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from slipway.errors import ProjectError
from slipway.contract.manifest import InputSpec
from slipway.monitor.captures import months, read, to_frame
from slipway.serve.capture import CapturedRow

from tests.engine.bucket import Bucket

MODEL = "ab" * 32
MONTH = "2013-04"
INPUTS = [
    InputSpec(name="parcel_id", datatype="BYTES", role="key"),
    InputSpec(name="departure", datatype="BYTES", role="time"),
    InputSpec(name="wind", datatype="FP32", role="feature", nullable=True),
    InputSpec(name="seats", datatype="INT64", role="feature"),
]


def line(key: str, second: int = 0, **columns: Any) -> bytes:
    prediction = CapturedRow(
        time=f"2013-04-01T00:00:{second:02}.000+00:00",
        model=MODEL,
        request="r",
        key=key,
        columns={"departure": "2013-04-01T05:15:00", "wind": 3, "seats": 100, **columns},
        probability=0.25,
    )
    return msgspec.json.encode(prediction) + b"\n"


def write(directory: Path, name: str, content: bytes) -> None:
    (directory / MONTH).mkdir(exist_ok=True)
    (directory / MONTH / name).write_bytes(content)


def test_captured_rows_become_typed_columns(tmp_path: Path) -> None:
    write(tmp_path, "1.jsonl", line("a") + line("b", wind=None))
    frame = to_frame(read(str(tmp_path), MONTH).records, INPUTS)
    assert frame.to_dicts() == [
        {
            "parcel_id": key,
            "departure": datetime(2013, 4, 1, 5, 15),
            "wind": wind,
            "seats": 100,
            "probability": 0.25,
        }
        for key, wind in (("a", 3), ("b", None))
    ]


def test_a_cut_line_is_counted_and_the_rest_is_read(tmp_path: Path) -> None:
    write(tmp_path, "1.jsonl", line("a") + line("b")[:-20])
    write(tmp_path, "2.jsonl", line("c"))
    captured = read(str(tmp_path), MONTH)
    assert [record.key for record in captured.records] == ["a", "c"]
    assert captured.unreadable == 1


def test_a_line_that_is_no_utf8_is_counted(tmp_path: Path) -> None:
    write(tmp_path, "1.jsonl", line("a") + b'{"time": "\xff"}\n')
    assert read(str(tmp_path), MONTH).unreadable == 1


def test_the_last_answer_for_a_key_counts(tmp_path: Path) -> None:
    write(tmp_path, "1.jsonl", line("a", second=9, wind=9))
    write(tmp_path, "2.jsonl", line("a", second=5, wind=5))
    frame = to_frame(read(str(tmp_path), MONTH).records, INPUTS)
    assert frame["wind"].to_list() == [9]


def test_an_input_that_was_not_captured_is_missing(tmp_path: Path) -> None:
    write(tmp_path, "1.jsonl", line("a"))
    later = InputSpec(name="humidity", datatype="FP32", role="feature", nullable=True)
    frame = to_frame(read(str(tmp_path), MONTH).records, [*INPUTS, later])
    assert frame["humidity"].to_list() == [None]


def test_a_time_that_is_none_is_missing(tmp_path: Path) -> None:
    write(tmp_path, "1.jsonl", line("a", departure="yesterday"))
    assert to_frame(read(str(tmp_path), MONTH).records, INPUTS)["departure"].to_list() == [None]


def test_a_file_still_being_written_is_left_alone(tmp_path: Path) -> None:
    write(tmp_path, "1.jsonl", line("a"))
    write(tmp_path, ".2.jsonl", line("b"))
    assert len(read(str(tmp_path), MONTH).records) == 1


def test_a_month_without_captures_is_empty(tmp_path: Path) -> None:
    assert read(str(tmp_path), MONTH).records == []


def test_what_proved_a_release_is_left_out(tmp_path: Path) -> None:
    write(tmp_path, "1.jsonl", line("proof-0") + line("a"))
    assert [record.key for record in read(str(tmp_path), MONTH).records] == ["a"]


def test_months_are_listed_newest_first_and_nothing_else(tmp_path: Path) -> None:
    for name in ("2013-04", "2013-12", "2012-05", "2013-13", "lost+found"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "1.jsonl").touch()
    assert months(str(tmp_path)) == ["2013-12", "2013-04", "2012-05"]


def test_a_bucket_is_read_like_a_directory(bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in bucket.variables().items():
        monkeypatch.setenv(name, value)
    place = "s3://project/captures/prod"
    bucket.objects["project/captures/prod/2013-04/1.jsonl"] = line("a") + line("b")[:-9]
    bucket.objects["project/captures/prod/2013-04/2.jsonl"] = line("c")
    bucket.objects["project/captures/dev/2013-05/1.jsonl"] = line("d")
    assert months(place) == ["2013-04"]
    assert [record.key for record in read(place, "2013-04").records] == ["a", "c"]


def test_a_store_that_refuses_is_an_error_of_one_sentence(
    bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in bucket.variables().items():
        monkeypatch.setenv(name, value)
    bucket.status = 403
    with pytest.raises(ProjectError, match=r"The store s3://project/captures failed \(.+\): check"):
        months("s3://project/captures")
