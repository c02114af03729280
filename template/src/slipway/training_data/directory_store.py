"""Snapshots in a plain directory: objects named by their SHA-256, and a list of files for each."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

import msgspec

from ..errors import ProjectError
from ..files import write_bytes
from ..settings import settings


def store(files: Mapping[str, Path]) -> str:
    """Keep `files` and return the address of their list."""
    contents = {name: path.read_bytes() for name, path in files.items()}
    listing = {name: _store_object(content) for name, content in sorted(contents.items())}
    return _store_object(msgspec.json.encode(listing))


def load(address: str, destination: Path) -> None:
    """Write the files listed at `address` into the directory `destination`."""
    listing = msgspec.json.decode(_load_object(address), type=dict[str, str])
    for name, digest in listing.items():
        write_bytes(destination / name, _load_object(digest))


def _store_object(content: bytes) -> str:
    digest = hashlib.sha256(content).hexdigest()
    path = _path(digest)
    if not path.exists() or path.read_bytes() != content:
        write_bytes(path, content)
    return digest


def _load_object(digest: str) -> bytes:
    path = _path(digest)
    content = path.read_bytes() if path.exists() else b""
    if hashlib.sha256(content).hexdigest() != digest:
        state = "damaged" if path.exists() else "missing"
        raise ProjectError(f"{path} is {state}: restore the store from its backup.")
    return content


def _path(digest: str) -> Path:
    return Path(settings().snapshots) / digest[:2] / digest
