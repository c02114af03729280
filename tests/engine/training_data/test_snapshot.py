import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from slipway.errors import ProjectError
from slipway.settings import settings
from slipway.training_data import snapshot


@pytest.fixture(params=["directory", "dvc"])
def backend(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("SNAPSHOT_BACKEND", request.param)
    settings.cache_clear()
    return str(request.param)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    directory = tmp_path / "data"
    directory.mkdir()
    frame = pl.DataFrame({"value": range(50_000)})
    frame.write_parquet(directory / "features.parquet")
    frame.head(10).write_parquet(directory / "labels.parquet")
    return directory


def contents(directory: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in directory.iterdir()}


def largest_object() -> Path:
    files = [path for path in Path(settings().snapshots).rglob("*") if path.is_file()]
    return max(files, key=lambda path: path.stat().st_size)


@pytest.mark.usefixtures("backend")
def test_a_snapshot_comes_back_as_it_was(data: Path, tmp_path: Path) -> None:
    identity = snapshot.take(data)
    snapshot.fetch(identity, tmp_path / "fetched")
    assert contents(tmp_path / "fetched") == contents(data)
    assert identity.rows == 50_000
    assert snapshot.parse(identity.as_text()) == identity


@pytest.mark.usefixtures("backend")
def test_the_same_files_give_the_same_snapshot(data: Path, tmp_path: Path) -> None:
    first = snapshot.take(data)
    (tmp_path / "elsewhere").mkdir()
    for name, content in contents(data).items():
        (tmp_path / "elsewhere" / name).write_bytes(content)
    assert snapshot.take(tmp_path / "elsewhere") == first


@pytest.mark.usefixtures("backend")
def test_older_snapshots_stay_after_newer_ones(data: Path, tmp_path: Path) -> None:
    first, before = snapshot.take(data), contents(data)
    pl.DataFrame({"value": range(7)}).write_parquet(data / "features.parquet")
    second = snapshot.take(data)
    assert second.digest != first.digest
    snapshot.fetch(first, tmp_path / "fetched")
    assert contents(tmp_path / "fetched") == before


@pytest.mark.usefixtures("backend")
def test_a_damaged_object_is_noticed_and_nothing_is_written(data: Path, tmp_path: Path) -> None:
    identity = snapshot.take(data)
    victim = largest_object()
    victim.chmod(0o644)
    victim.write_bytes(victim.read_bytes()[:-1] + b"?")
    with pytest.raises(ProjectError, match="damaged"):
        snapshot.fetch(identity, tmp_path / "fetched")
    with pytest.raises(ProjectError, match="damaged"):
        snapshot.verify(identity)
    assert not (tmp_path / "fetched").exists()


@pytest.mark.usefixtures("backend")
def test_a_missing_object_is_noticed(data: Path) -> None:
    identity = snapshot.take(data)
    largest_object().unlink()
    with pytest.raises(ProjectError, match="restore"):
        snapshot.verify(identity)


FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from slipway.training_data import snapshot
from slipway.errors import ProjectError
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (65_536, 65_536))
try:
    snapshot.take(Path(sys.argv[1]))
except ProjectError as error:
    print(error)
"""


def test_a_full_disk_is_told_in_one_sentence_and_cured_by_space(backend: str, data: Path) -> None:
    child = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(data)], capture_output=True, text=True, check=False
    )
    assert "free space" in child.stdout
    assert child.stdout.count("\n") == 1
    assert "Traceback" not in child.stderr
    snapshot.verify(snapshot.take(data))


@pytest.mark.parametrize("text", ["", "{}", "null", '{"backend": 1}', "not json"])
def test_a_text_that_is_no_snapshot_is_refused(text: str) -> None:
    with pytest.raises(ProjectError, match="This is no snapshot"):
        snapshot.parse(text)
