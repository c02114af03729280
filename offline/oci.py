"""Container images without an engine: layers packed from files, archives in the OCI layout."""

import functools
import hashlib
import io
import json
import subprocess
import tarfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, cast

from . import machine

LAYER = "application/vnd.oci.image.layer.v1.tar+zstd"
CONFIG = "application/vnd.oci.image.config.v1+json"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
FILE = "layer.tar.zst"
PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
PLATFORM = {"architecture": "amd64", "os": "linux"}


@dataclass(frozen=True)
class Image:
    """A container image: its names, packed layers (bottom first), and how it runs."""

    names: list[str]
    layers: list[Path]
    entrypoint: list[str] = field(default_factory=list)
    command: list[str] = field(default_factory=list)
    environment: list[str] = field(default_factory=list)
    user: str = ""
    workdir: str = "/"


def pack(source: Path, target: Path) -> None:
    """Pack a directory or a tar into a directory: the layer, and its digest before packing."""
    if source.is_dir():
        stable = ("--sort=name", "--numeric-owner", "--mtime=@0")
        producer = ["tar", "-C", str(source), *stable, "-c", "."]
    else:
        producer = ["cat", str(source)]
    digest = hashlib.sha256()
    with (target / FILE).open("wb") as packed:
        tar = subprocess.Popen(producer, stdout=subprocess.PIPE)
        zstd = subprocess.Popen(
            ["zstd", "--quiet", "-3", "--stdout"], stdin=subprocess.PIPE, stdout=packed
        )
        with cast("BinaryIO", tar.stdout) as tree, cast("BinaryIO", zstd.stdin) as packer:
            while chunk := tree.read(1 << 20):
                digest.update(chunk)
                packer.write(chunk)
        if tar.wait() or zstd.wait():
            raise machine.HarnessError(f"{source} could not be packed: is the disk full?")
    (target / "diff-id").write_text(f"sha256:{digest.hexdigest()}")


def configuration(image: Image) -> bytes:
    """Return an image's configuration; its SHA-256 is the image's id in an engine."""
    return json.dumps(
        {
            **PLATFORM,
            "config": {
                "Cmd": image.command,
                "Entrypoint": image.entrypoint,
                "Env": [PATH, *image.environment],
                "User": image.user,
                "WorkingDir": image.workdir,
            },
            "history": [{"created": "1970-01-01T00:00:00Z"} for _ in image.layers],
            "rootfs": {
                "type": "layers",
                "diff_ids": [(path / "diff-id").read_text() for path in image.layers],
            },
        }
    ).encode()


def manifest(image: Image) -> bytes:
    """Return an image's manifest."""
    return json.dumps(
        {
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "config": _described(CONFIG, configuration(image)),
            "layers": [_layer(path) for path in image.layers],
        }
    ).encode()


def digest(image: Image) -> str:
    """Return the digest by which a container runtime knows an image."""
    return _digest(manifest(image))


def write_archive(images: Iterable[Image], stream: BinaryIO) -> None:
    """Write images as one tar for `ctr images import` and `docker load`; no layer twice."""
    with tarfile.open(fileobj=stream, mode="w|") as archive:
        written: set[str] = set()
        index, legacy = [], []
        for image in images:
            described = _described(MANIFEST, manifest(image)) | {"platform": PLATFORM}
            parts = [_described(CONFIG, configuration(image)), *map(_layer, image.layers)]
            for content in (configuration(image), manifest(image)):
                _add(archive, written, content)
            for path in image.layers:
                _add(archive, written, path / FILE)
            index += [described | {"annotations": _annotations(name)} for name in image.names]
            paths = [_path(part["digest"]) for part in parts]
            legacy.append({"Config": paths[0], "RepoTags": image.names, "Layers": paths[1:]})
        files = {
            "index.json": {"schemaVersion": 2, "manifests": index},
            "manifest.json": legacy,
            "oci-layout": {"imageLayoutVersion": "1.0.0"},
        }
        for name, document in files.items():
            text = json.dumps(document).encode()
            _entry(archive, name, io.BytesIO(text), len(text))


def _annotations(name: str) -> dict[str, str]:
    tag = name.rpartition(":")[2]
    return {"io.containerd.image.name": name, "org.opencontainers.image.ref.name": tag}


def _path(digest: str) -> str:
    return f"blobs/{digest.replace(':', '/')}"


def _layer(path: Path) -> dict[str, Any]:
    file = path / FILE
    return {"mediaType": LAYER, "digest": _file_digest(file), "size": file.stat().st_size}


def _described(media: str, content: bytes) -> dict[str, Any]:
    return {"mediaType": media, "digest": _digest(content), "size": len(content)}


def _digest(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


@functools.cache
def _file_digest(file: Path) -> str:
    with file.open("rb") as handle:
        return f"sha256:{hashlib.file_digest(handle, 'sha256').hexdigest()}"


def _add(archive: tarfile.TarFile, written: set[str], content: bytes | Path) -> None:
    """Add a blob unless it is in the archive already."""
    digest = _file_digest(content) if isinstance(content, Path) else _digest(content)
    if digest in written:
        return
    written.add(digest)
    if isinstance(content, Path):
        with content.open("rb") as handle:
            _entry(archive, _path(digest), handle, content.stat().st_size)
    else:
        _entry(archive, _path(digest), io.BytesIO(content), len(content))


def _entry(archive: tarfile.TarFile, name: str, content: BinaryIO, size: int) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = size
    archive.addfile(entry, content)
