"""What stops a scoring half way: nothing is half written, and the next run does what is missing."""

import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from parcels import source
from slipway.errors import ProjectError
from slipway.scoring import run, tables
from tests.engine.bucket import Bucket

from .kit import captured, directory, ended, scores, snapshot

pytestmark = pytest.mark.usefixtures("released")

DAY = date(2024, 5, 3)
STOPPED = """
import os, resource, signal
from slipway.scoring import run, tables
from slipway.scoring.output import Output

tables.ROWS = 400
write = Output.write

def write_and_stop(self, number, *others):
    if number == 2:
        {stop}
    write(self, number, *others)

Output.write = write_and_stop
run.main("prod", file="rows.parquet")
"""
KILL = "os.kill(os.getpid(), signal.SIGKILL)"
FILL = "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))"


def stopped(how: str, project: Path) -> subprocess.CompletedProcess[str]:
    """Score rows.parquet in a process that does not get beyond its second part."""
    program = [sys.executable, "-c", STOPPED.format(stop=how)]
    return subprocess.run(program, cwd=project, capture_output=True, text=True, check=False)


def test_a_killed_run_goes_on_with_the_parts_that_are_missing(
    table: pl.DataFrame, project: Path
) -> None:
    assert stopped(KILL, project).returncode == -9
    place = directory(project, "rows", "scores")
    before = snapshot(place)
    assert len(before) == 2
    assert ended(project) == []
    (place / "part-00002.parquet#1").write_bytes(b"half")  # what a kill in the midst leaves
    run.main("prod", file="rows.parquet")
    assert {path: kept for path, kept in snapshot(place).items() if path in before} == before
    assert scores(project)["parcel_id"].equals(table["parcel_id"])
    assert captured(project)["parcel_id"].sort().equals(table["parcel_id"].sort())


def test_a_full_disk_is_a_sentence_and_cured_by_space(table: pl.DataFrame, project: Path) -> None:
    ended_early = stopped(FILL, project)
    assert "slipway.errors.ProjectError: The store" in ended_early.stderr
    assert "File too large" in ended_early.stderr
    assert "make room there and run the same command again" in ended_early.stderr
    names = sorted(path.name for path in directory(project, "rows", "scores").iterdir())
    assert names == ["part-00000.parquet", "part-00001.parquet"]
    run.main("prod", file="rows.parquet")
    assert scores(project)["parcel_id"].equals(table["parcel_id"])


def test_a_part_that_was_damaged_meanwhile_is_scored_again(
    table: pl.DataFrame, project: Path
) -> None:
    stopped(KILL, project)
    part = directory(project, "rows", "scores") / "part-00001.parquet"
    part.write_bytes(part.read_bytes()[:100])
    run.main("prod", file="rows.parquet")
    assert scores(project)["parcel_id"].equals(table["parcel_id"])


def test_rows_that_came_to_a_day_meanwhile_are_neither_lost_nor_there_twice(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "ROWS", 15)
    rows = source.read_features(DAY, DAY + timedelta(days=1))
    monkeypatch.setattr(source, "read_features", lambda *_: rows.gather_every(2))
    run.main("prod", DAY)
    place = project / "var" / "scores" / "prod"
    for end in ended(place, str(DAY)):
        end.unlink()
    monkeypatch.setattr(source, "read_features", lambda *_: rows)
    run.main("prod", DAY)
    assert scores(place, str(DAY))["parcel_id"].equals(rows["parcel_id"])
    monkeypatch.setattr(source, "read_features", lambda *_: rows.head(10))
    for end in ended(place, str(DAY)):
        end.unlink()
    run.main("prod", DAY)
    assert scores(place, str(DAY))["parcel_id"].equals(rows["parcel_id"][:10])


def test_a_bucket_that_fails_in_the_middle_is_a_sentence_and_the_next_run_goes_on(
    table: pl.DataFrame, bucket: Bucket, monkeypatch: pytest.MonkeyPatch, project: Path
) -> None:
    for name, value in bucket.variables().items():
        monkeypatch.setenv(name, value)
    bucket.objects["shop/in/rows.parquet"] = (project / "rows.parquet").read_bytes()
    bucket.status = 403
    with pytest.raises(ProjectError, match=r"s3://shop/in failed .* check that it can be reached"):
        run.main("prod", file="s3://shop/in/rows.parquet")
    bucket.status = 200
    run.main("prod", file="s3://shop/in/rows.parquet")
    written = [path for path in bucket.objects if ".scores-" in path]
    assert [path.rpartition("/")[2] for path in sorted(written)[-3:]] == [
        f"part-{number:05}.parquet" for number in range(3)
    ]
    asked = len(bucket.asked)
    run.main("prod", file="s3://shop/in/rows.parquet")
    assert [line for line in bucket.asked[asked:] if not line.startswith(("GET", "HEAD"))] == []


def test_an_object_that_is_not_there_is_a_sentence(
    bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in bucket.variables().items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ProjectError, match=r"s3://shop/none\.csv is not there"):
        run.main("prod", file="s3://shop/none.csv")
