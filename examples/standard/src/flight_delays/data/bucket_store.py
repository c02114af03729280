"""Snapshots in an object store (s3://, gs://, az://), laid out as the directory store does it.

Keys and endpoint come from the variables that the cloud's own tools read, such as AWS_ENDPOINT_URL.
"""

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from ..config import settings
from ..errors import ProjectError
from ..files import write_bytes

if TYPE_CHECKING:
    from obstore.store import ObjectStore


def store(files: Mapping[str, Path]) -> str:
    """Keep `files` and return the address of their list."""
    with _bucket() as bucket:
        listing = {name: _put(bucket, path.read_bytes()) for name, path in sorted(files.items())}
        return _put(bucket, msgspec.json.encode(listing))


def load(address: str, destination: Path) -> None:
    """Write the objects listed at `address` into the directory `destination`."""
    with _bucket() as bucket:
        listing = msgspec.json.decode(_get(bucket, address), type=dict[str, str])
        for name, digest in listing.items():
            write_bytes(destination / name, _get(bucket, digest))


@contextmanager
def _bucket() -> "Iterator[ObjectStore]":
    """Open the store; what goes wrong in it becomes a sentence."""
    from obstore.exceptions import BaseError
    from obstore.store import from_url

    try:
        yield from_url(settings().snapshots)
    except (BaseError, OSError) as error:
        reason = str(error).strip().partition("\n")[0].rstrip(".")
        raise ProjectError(
            f"The snapshot store {settings().snapshots} failed ({reason}): check that it can be "
            "reached, and restore lost objects from its backup."
        ) from None


def _put(bucket: "ObjectStore", content: bytes) -> str:
    digest = hashlib.sha256(content).hexdigest()
    bucket.put(_key(digest), content)
    return digest


def _get(bucket: "ObjectStore", digest: str) -> bytes:
    content = bytes(bucket.get(_key(digest)).bytes())
    if hashlib.sha256(content).hexdigest() != digest:
        raise ProjectError(
            f"{_key(digest)} in {settings().snapshots} is damaged: restore it from its backup."
        )
    return content


def _key(digest: str) -> str:
    return f"{digest[:2]}/{digest}"
