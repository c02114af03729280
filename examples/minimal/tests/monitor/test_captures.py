from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from flight_delays.errors import ProjectError
from flight_delays.manifest import InputSpec
from flight_delays.monitor.captures import read, to_frame
from flight_delays.serve.capture import CapturedRow

MODEL = "ab" * 32
INPUTS = [
    InputSpec(name="flight_id", datatype="BYTES", role="key"),
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


def test_captured_rows_become_typed_columns(tmp_path: Path) -> None:
    (tmp_path / "1.jsonl").write_bytes(line("a") + line("b", wind=None))
    frame = to_frame(read(tmp_path).records, INPUTS)
    assert frame.to_dicts() == [
        {
            "flight_id": key,
            "departure": datetime(2013, 4, 1, 5, 15),
            "wind": wind,
            "seats": 100,
            "probability": 0.25,
        }
        for key, wind in (("a", 3), ("b", None))
    ]


def test_a_cut_line_is_counted_and_the_rest_is_read(tmp_path: Path) -> None:
    (tmp_path / "1.jsonl").write_bytes(line("a") + line("b")[:-20])
    (tmp_path / "2.jsonl").write_bytes(line("c"))
    captured = read(tmp_path)
    assert [record.key for record in captured.records] == ["a", "c"]
    assert captured.unreadable == 1


def test_a_line_that_is_no_utf8_is_counted(tmp_path: Path) -> None:
    (tmp_path / "1.jsonl").write_bytes(line("a") + b'{"time": "\xff"}\n')
    assert read(tmp_path).unreadable == 1


def test_the_last_answer_for_a_key_counts(tmp_path: Path) -> None:
    (tmp_path / "1.jsonl").write_bytes(line("a", second=9, wind=9))
    (tmp_path / "2.jsonl").write_bytes(line("a", second=5, wind=5))
    frame = to_frame(read(tmp_path).records, INPUTS)
    assert frame["wind"].to_list() == [9]


def test_an_input_that_was_not_captured_is_missing(tmp_path: Path) -> None:
    (tmp_path / "1.jsonl").write_bytes(line("a"))
    later = InputSpec(name="humidity", datatype="FP32", role="feature", nullable=True)
    assert to_frame(read(tmp_path).records, [*INPUTS, later])["humidity"].to_list() == [None]


def test_a_time_that_is_none_is_missing(tmp_path: Path) -> None:
    (tmp_path / "1.jsonl").write_bytes(line("a", departure="yesterday"))
    assert to_frame(read(tmp_path).records, INPUTS)["departure"].to_list() == [None]


def test_a_file_still_being_written_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "1.jsonl").write_bytes(line("a"))
    (tmp_path / ".2.jsonl").write_bytes(line("b"))
    assert len(read(tmp_path).records) == 1


def test_a_month_without_captures_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match="2013-04: serve requests"):
        read(tmp_path / "2013-04")
