"""What the monitor keeps of an environment, in a directory and in a bucket, and for how long."""

import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from slipway.contract.interval import Interval
from slipway.errors import ProjectError
from slipway.monitor import archive
from slipway.monitor.report import Point
from tests.engine.bucket import Bucket

DAY = 24 * 3600
REPORT = b'{"month": "%s", "performance": {"values": {"auc": %s}}}'
UNLABELLED = b'{"month": "2024-01", "performance": {"values": {}}}'


@pytest.fixture(params=["directory", "bucket"])
def place(
    request: pytest.FixtureRequest,
    bucket: Bucket,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> str:
    """Return a directory, then a bucket: everything holds for both."""
    for name, value in bucket.variables().items():
        monkeypatch.setenv(name, value)
    return str(tmp_path / "store") if request.param == "directory" else "s3://project/monitor/prod"


def written(path: Path, days: int) -> Path:
    """Make a file that was written so many days ago."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    then = time.time() - days * DAY
    os.utime(path, (then, then))
    return path


def test_the_trend_is_that_of_earlier_months(place: str) -> None:
    for month, auc in ((b"2024-03", b"0.7"), (b"2024-02", b"0.6"), (b"2024-05", b"0.9")):
        archive.keep(place, month.decode(), {".json": REPORT % (month, auc), ".html": b"page"})
    archive.keep(place, "2024-01", {".json": UNLABELLED})
    archive.keep(place, "2023-12", {".json": b"damaged"})
    assert archive.trend(place, "2024-04", "auc") == [Point("2024-02", 0.6), Point("2024-03", 0.7)]


def test_the_trend_says_how_sure_each_month_was(place: str) -> None:
    sure = Interval(0.69, 0.71, 0.8, 30)
    figures = {"values": {"auc": 0.7}, "interval": sure}
    content = msgspec.json.encode({"month": "2024-03", "performance": figures})
    archive.keep(place, "2024-03", {".json": content})
    assert archive.trend(place, "2024-04", "auc") == [Point("2024-03", 0.7, sure)]


def test_a_report_written_again_replaces_the_first(place: str) -> None:
    archive.keep(place, "2024-03", {".json": REPORT % (b"2024-03", b"0.7")})
    archive.keep(place, "2024-03", {".json": REPORT % (b"2024-03", b"0.8")})
    assert archive.trend(place, "2024-04", "auc") == [Point("2024-03", 0.8)]


@pytest.mark.parametrize("size", [100_000, 20_000_000])
def test_who_reads_a_report_while_it_is_replaced_sees_a_whole_one(
    size: int, tmp_path: Path
) -> None:
    versions = [letter * size for letter in (b"a", b"b")]
    archive.keep(str(tmp_path), "2024-05", {".json": versions[0]})
    seen, over = set(), threading.Event()

    def read() -> None:
        while not over.is_set():
            seen.add((tmp_path / "monitor-2024-05.json").read_bytes())

    with ThreadPoolExecutor() as pool:
        reader = pool.submit(read)
        for number in range(20):
            archive.keep(str(tmp_path), "2024-05", {".json": versions[number % 2]})
        over.set()
        reader.result()
    assert seen
    assert seen <= set(versions)
    assert len(list(tmp_path.glob("monitor-*"))) == 1


def test_nothing_is_removed_from_an_empty_store(place: str) -> None:
    assert archive.prune(place, 30) == 0


def test_what_is_too_old_is_removed_and_nothing_else(tmp_path: Path) -> None:
    old = written(tmp_path / "2024-04" / "1.jsonl", days=31)
    young = written(tmp_path / "2024-05" / "1.jsonl", days=29)
    assert archive.prune(str(tmp_path), 30) == 1
    assert (old.exists(), young.exists()) == (False, True)


def test_old_objects_of_one_environment_leave_the_bucket(
    bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in bucket.variables().items():
        monkeypatch.setenv(name, value)
    bucket.written -= timedelta(days=31)
    bucket.objects["project/captures/prod/2024-04/1.jsonl"] = b"old"
    bucket.objects["project/captures/dev/2024-04/1.jsonl"] = b"another environment"
    assert archive.prune("s3://project/captures/prod", 30) == 1
    assert list(bucket.objects) == ["project/captures/dev/2024-04/1.jsonl"]


def test_a_store_that_fails_for_a_moment_is_asked_again(
    bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in bucket.variables().items():
        monkeypatch.setenv(name, value)
    bucket.failures = 2
    archive.keep("s3://project/monitor/prod", "2024-03", {".json": b"{}"})
    assert list(bucket.objects) == ["project/monitor/prod/monitor-2024-03.json"]


def test_a_store_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ProjectError, match="file/prod cannot be opened"):
        archive.keep(str(tmp_path / "file" / "prod"), "2024-03", {".json": b"{}"})
