"""Directories go to a store and come back, however large their files are."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from slipway.errors import ProjectError
from slipway.queues import transfer
from tests.engine.bucket import Bucket
from tests.engine.kit import TEMPLATE
from tests.engine.queues.kit import told

MIB = 2**20
LARGE, LITTLE = 256 * MIB, 128 * MIB  # of a file, and of the memory that it may take
# Copies by one function, and prints how many bytes more were in memory at once than before.
PROGRAM = """
import sys
from pathlib import Path
from slipway.queues import transfer

def peak():
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) * 1024

name, source, target = sys.argv[1:]
before = peak()
if name == "fetch":
    transfer.fetch(source, Path(target))
else:
    transfer.send(Path(source), target)
print(peak() - before)
"""


@pytest.fixture
def store(bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> Bucket:
    """Return a bucket that is known to the client."""
    for name, value in bucket.variables().items():
        monkeypatch.setenv(name, value)
    return bucket


def memory(name: str, source: Path | str, target: Path | str) -> int:
    """Return how many bytes a process needs at most while it copies."""
    words = [sys.executable, "-c", PROGRAM, name, str(source), str(target)]
    variables = os.environ | {"PYTHONPATH": f"{TEMPLATE}/src"}
    done = subprocess.run(words, capture_output=True, text=True, check=False, env=variables)
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """Return a directory with one large file."""
    (tmp_path / "large").mkdir()
    with (tmp_path / "large" / "model").open("wb") as file:
        file.truncate(LARGE)
    return tmp_path / "large"


def test_a_large_file_is_never_in_memory_as_a_whole(large: Path, tmp_path: Path) -> None:
    assert memory("send", large, tmp_path / "store") < LITTLE
    assert memory("fetch", tmp_path / "store", tmp_path / "back") < LITTLE
    assert (tmp_path / "back" / "model").stat().st_size == LARGE


def test_a_large_object_of_a_bucket_comes_in_parts(store: Bucket, tmp_path: Path) -> None:
    store.objects["bucket/run/model"] = bytes(range(256)) * (LARGE // 256)
    assert memory("fetch", "s3://bucket/run", tmp_path / "back") < LITTLE
    assert (tmp_path / "back" / "model").read_bytes() == store.objects["bucket/run/model"]


@pytest.mark.parametrize("size", [0, 1, 7, 8, 9, 16])
def test_a_file_of_any_size_comes_back_from_a_bucket_as_it_was(
    size: int, store: Bucket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transfer, "PART_BYTES", 8)
    content = bytes(range(size))
    (tmp_path / "a" / "deep").mkdir(parents=True)
    (tmp_path / "a" / "deep" / "file").write_bytes(content)
    transfer.send(tmp_path / "a", "s3://bucket/runs/fitted")
    transfer.fetch("s3://bucket/runs/fitted", tmp_path / "b")
    assert (tmp_path / "b" / "deep" / "file").read_bytes() == content


def test_a_place_without_files_is_told(tmp_path: Path) -> None:
    with pytest.raises(ProjectError) as error:
        transfer.fetch(str(tmp_path / "empty"), tmp_path / "b")
    assert told(error).endswith("holds nothing: run the whole pipeline again.")


def test_a_store_that_fails_between_parts_leaves_no_half_of_a_file(
    store: Bucket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.objects["bucket/run/model"] = b"0123456789"

    def fail(*_: object) -> Iterator[bytes]:
        yield b"01234567"
        raise ProjectError("The store failed.")

    monkeypatch.setattr(transfer, "_parts", fail)
    with pytest.raises(ProjectError):
        transfer.fetch("s3://bucket/run", tmp_path / "b")
    assert list((tmp_path / "b").iterdir()) == []


def test_a_store_that_fails_is_one_sentence(store: Bucket) -> None:
    with pytest.raises(ProjectError) as error:
        list(transfer._parts("s3://bucket/run", "model", 10))
    assert told(error).startswith("The store s3://bucket/run failed")
