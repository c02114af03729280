"""Container images without an engine: layers packed from files, archives in the OCI layout."""

import hashlib
import io
import json
import subprocess
import tarfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

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
        assert tar.stdout
        assert zstd.stdin
        while chunk := tar.stdout.read(1 << 20):
            digest.update(chunk)
            zstd.stdin.write(chunk)
        zstd.stdin.close()
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


def write_archive(images: Iterable[Image], stream: BinaryIO) -> None:
    """Write images as one tar for `ctr images import` and `docker load`; no layer twice."""
    with tarfile.open(fileobj=stream, mode="w|") as archive:
        written: set[str] = set()
        index, legacy = [], []
        for image in images:
            config = _blob(archive, written, CONFIG, configuration(image))
            layers = [_layer(archive, written, path / FILE) for path in image.layers]
            manifest = {
                "schemaVersion": 2,
                "mediaType": MANIFEST,
                "config": config,
                "layers": layers,
            }
            described = _blob(archive, written, MANIFEST, json.dumps(manifest).encode())
            described["platform"] = PLATFORM
            index += [described | {"annotations": _annotations(name)} for name in image.names]
            paths = [_path(part["digest"]) for part in (config, *layers)]
            legacy.append({"Config": paths[0], "RepoTags": image.names, "Layers": paths[1:]})
        files = {
            "index.json": {"schemaVersion": 2, "manifests": index},
            "manifest.json": legacy,
            "oci-layout": {"imageLayoutVersion": "1.0.0"},
        }
        for name, content in files.items():
            text = json.dumps(content).encode()
            _add(archive, name, io.BytesIO(text), len(text))


def _annotations(name: str) -> dict[str, str]:
    tag = name.rpartition(":")[2]
    return {"io.containerd.image.name": name, "org.opencontainers.image.ref.name": tag}


def _path(digest: str) -> str:
    return f"blobs/{digest.replace(':', '/')}"


def _layer(archive: tarfile.TarFile, written: set[str], file: Path) -> dict[str, Any]:
    with file.open("rb") as handle:
        digest = f"sha256:{hashlib.file_digest(handle, 'sha256').hexdigest()}"
        handle.seek(0)
        if digest not in written:
            written.add(digest)
            _add(archive, _path(digest), handle, file.stat().st_size)
    return {"mediaType": LAYER, "digest": digest, "size": file.stat().st_size}


def _blob(
    archive: tarfile.TarFile, written: set[str], media: str, content: bytes
) -> dict[str, Any]:
    digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
    if digest not in written:
        written.add(digest)
        _add(archive, _path(digest), io.BytesIO(content), len(content))
    return {"mediaType": media, "digest": digest, "size": len(content)}


def _add(archive: tarfile.TarFile, name: str, content: BinaryIO, size: int) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = size
    archive.addfile(entry, content)
