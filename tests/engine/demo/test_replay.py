"""A month passes through the service of an environment, and what came of it is said."""

from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from parcels import source
from slipway.demo import replay, traffic
from slipway.errors import ProjectError
from tests.engine.bucket import Bucket
from tests.engine.serve.process import Server, running

MONTH, ROWS = "2024-04", 30 * 40


@pytest.fixture
def served(bundle_dir: Path, tmp_path: Path, bucket: Bucket) -> Iterator[Server]:
    """Return a service that captures into a bucket."""
    place = {"CAPTURE_STORE": "s3://project/captures/dev", "CAPTURE_SECONDS": "1"}
    with running(bundle_dir, tmp_path, **bucket.variables(), **place) as server:
        yield server


def url(server: Server) -> str:
    return f"http://127.0.0.1:{server.port}"


def test_a_month_is_answered_and_captured(
    served: Server, bucket: Bucket, capsys: pytest.CaptureFixture[str]
) -> None:
    replay.main(MONTH, "dev", url(served))
    printed = capsys.readouterr().out
    assert "2024-04: 1,200 rows answered in dev" in printed
    assert "1,200 captured, 0 dropped" in printed
    assert len(bucket.rows("project/captures/dev/2024-04/")) == ROWS


def test_it_waits_until_a_store_that_failed_has_all(
    served: Server, bucket: Bucket, capsys: pytest.CaptureFixture[str]
) -> None:
    bucket.failures = 2
    replay.main(MONTH, "dev", url(served))
    assert "1,200 captured, 0 dropped" in capsys.readouterr().out
    assert len(bucket.rows("project/captures/dev/2024-04/")) == ROWS


def test_rows_that_break_the_schema_are_left_out_and_counted(
    served: Server, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    known = source.read_features
    third = pl.int_range(pl.len()) % 3 == 0
    bad = pl.when(third).then(pl.lit("ber")).otherwise("depot").alias("depot")
    monkeypatch.setattr(source, "read_features", lambda *days: known(*days).with_columns(bad))
    replay.main(MONTH, "dev", url(served))
    printed = capsys.readouterr().out
    assert "2024-04: 800 rows answered in dev, 400 left out" in printed
    assert "800 captured, 0 dropped" in printed


def test_a_month_that_the_source_has_not_is_an_error() -> None:
    with pytest.raises(ProjectError, match="no rows of 2025-01: it holds 2024-01-01 to"):
        replay.main("2025-01", "dev", "http://127.0.0.1:9")


def test_what_is_no_month_is_refused() -> None:
    with pytest.raises(ProjectError, match="is no month"):
        replay.main("April", "dev", "http://127.0.0.1:9")


def test_an_environment_without_a_release_is_an_error(project: Path) -> None:
    (project / "environments/dev").mkdir(parents=True)
    with pytest.raises(ProjectError, match="dev"):
        replay.main(MONTH, "dev")


def test_a_service_that_breaks_off_is_an_error(
    served: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = traffic.score

    def broken(*arguments: object) -> Iterator[int]:
        for answered in whole(*arguments):  # type: ignore[arg-type]
            served.process.kill()
            served.process.wait()
            yield answered

    monkeypatch.setattr(traffic, "score", broken)
    with pytest.raises(ProjectError, match="The service of dev broke off"):
        replay.main(MONTH, "dev", url(served))
