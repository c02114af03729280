"""Snapshots in an object store; a directory behind a file:// address stands in for the bucket."""

from pathlib import Path

import polars as pl
import pytest

from slipway.errors import ProjectError
from slipway.settings import settings
from slipway.training_data import snapshot


@pytest.fixture
def bucket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    directory = tmp_path / "bucket"
    directory.mkdir()
    monkeypatch.setenv("SNAPSHOT_BACKEND", "bucket")
    monkeypatch.setenv("SNAPSHOT_STORE", directory.as_uri())
    settings.cache_clear()
    return directory


@pytest.fixture
def data(tmp_path: Path) -> Path:
    directory = tmp_path / "data"
    directory.mkdir()
    pl.DataFrame({"value": range(1000)}).write_parquet(directory / "features.parquet")
    return directory


@pytest.mark.usefixtures("bucket")
def test_a_snapshot_comes_back_from_the_bucket(data: Path, tmp_path: Path) -> None:
    identity = snapshot.take(data)
    snapshot.fetch(identity, tmp_path / "fetched")
    file = "features.parquet"
    assert (tmp_path / "fetched" / file).read_bytes() == (data / file).read_bytes()
    assert identity.backend == "bucket"


def test_the_same_files_are_kept_once(bucket: Path, data: Path) -> None:
    assert snapshot.take(data) == snapshot.take(data)
    assert len([path for path in bucket.rglob("*") if path.is_file()]) == 2


@pytest.mark.parametrize(("change", "said"), [("damaged", "is damaged"), ("lost", "failed")])
def test_a_damaged_or_lost_object_is_noticed(
    bucket: Path, data: Path, change: str, said: str
) -> None:
    identity = snapshot.take(data)
    victim = max((p for p in bucket.rglob("*") if p.is_file()), key=lambda p: p.stat().st_size)
    victim.write_bytes(b"?") if change == "damaged" else victim.unlink()
    with pytest.raises(ProjectError, match=said):
        snapshot.verify(identity)
