"""Snapshots in an object store (s3://, gs://, az://), laid out as the directory store does it."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

import msgspec
from obstore.store import ObjectStore

from ..errors import ProjectError
from ..files import write_bytes
from ..settings import settings
from ..store import opened


def store(files: Mapping[str, Path]) -> str:
    """Keep `files` and return the address of their list."""
    with opened(settings().snapshots) as bucket:
        listing = {name: _put(bucket, path.read_bytes()) for name, path in sorted(files.items())}
        return _put(bucket, msgspec.json.encode(listing))


def load(address: str, destination: Path) -> None:
    """Write the objects listed at `address` into the directory `destination`."""
    with opened(settings().snapshots) as bucket:
        listing = msgspec.json.decode(_get(bucket, address), type=dict[str, str])
        for name, digest in listing.items():
            write_bytes(destination / name, _get(bucket, digest))


def _put(bucket: ObjectStore, content: bytes) -> str:
    digest = hashlib.sha256(content).hexdigest()
    bucket.put(_key(digest), content)
    return digest


def _get(bucket: ObjectStore, digest: str) -> bytes:
    content = bytes(bucket.get(_key(digest)).bytes())
    if hashlib.sha256(content).hexdigest() != digest:
        raise ProjectError(
            f"{_key(digest)} in {settings().snapshots} is damaged: restore it from its backup."
        )
    return content


def _key(digest: str) -> str:
    return f"{digest[:2]}/{digest}"
