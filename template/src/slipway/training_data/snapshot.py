"""Versions of the training data: take one, fetch it back, verify it.

A snapshot is the Parquet files of one directory. Three backends keep it: DVC, a bucket, and a
plain directory.
"""

import hashlib
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

import msgspec

from ..contract.snapshot import SnapshotId
from ..errors import ProjectError
from ..settings import settings


class Backend(Protocol):
    """A place that keeps files by an address made from their content."""

    def store(self, files: Mapping[str, Path], /) -> str: ...

    def load(self, address: str, destination: Path, /) -> None: ...


def take(directory: Path) -> SnapshotId:
    """Store the Parquet files of `directory`, prove that they can be fetched, and name them.

    The same files give the same identity, and are stored once.

    Raises:
        ProjectError: The store is full, cannot be reached, or lost a file of an equal snapshot.
    """
    import polars as pl

    from ..schema import schema_hash

    name = settings().snapshot_backend
    files = _files(directory)
    identity = SnapshotId(
        backend=name,
        digest=_digest(files),
        address=_backend(name).store(files),
        rows=pl.scan_parquet(files["features.parquet"]).select(pl.len()).collect().item(),
        schema_hash=schema_hash(),
    )
    verify(identity)
    return identity


def parse(text: str) -> SnapshotId:
    """Read the identity that `SnapshotId.as_text` wrote.

    Raises:
        ProjectError: The text is something else.
    """
    try:
        return msgspec.json.decode(text, type=SnapshotId)
    except msgspec.DecodeError as error:
        raise ProjectError(f"This is no snapshot, {error}: {text[:80]!r}.") from None


def fetch(snapshot: SnapshotId, destination: Path) -> None:
    """Bring the files of a snapshot into `destination`; all are verified before any is moved.

    Raises:
        ProjectError: An object is missing or damaged, or the disk is full.
    """
    destination.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=destination.parent, prefix=".") as temporary:
        fetched = Path(temporary) / "files"
        _backend(snapshot.backend).load(snapshot.address, fetched)
        actual = _digest(_files(fetched))
        if actual != snapshot.digest:
            raise ProjectError(
                f"Snapshot {snapshot.digest[:12]} at {snapshot.address} is damaged, its files give "
                f"{actual[:12]}: restore the store from its backup."
            )
        destination.mkdir(exist_ok=True)
        for name, path in _files(fetched).items():
            path.replace(destination / name)


def verify(snapshot: SnapshotId) -> None:
    """Check that a snapshot can be fetched whole and undamaged.

    Raises:
        ProjectError: It cannot.
    """
    with tempfile.TemporaryDirectory() as temporary:
        fetch(snapshot, Path(temporary) / "files")


def _backend(name: str) -> Backend:
    if name == "dvc":
        from . import dvc_store

        return dvc_store
    if name == "bucket":
        from . import bucket_store

        return bucket_store
    from . import directory_store

    return directory_store


def _files(directory: Path) -> dict[str, Path]:
    return {path.name: path for path in sorted(directory.glob("*.parquet"))}


def _digest(files: Mapping[str, Path]) -> str:
    lines = [f"{_sha256(path)}  {name}\n" for name, path in files.items()]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
