"""Entries built once: named by a hash of their sources, checked before use, never half there."""

import contextlib
import fcntl
import functools
import hashlib
import json
import os
import resource
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

RECORD = "entry.json"
OURS = ("bin", "engine", "entries", "locks", "scratch", "*.kubeconfig")


class Entry(NamedTuple):
    """One line of the list of what is cached."""

    name: str
    seconds: float
    cpu_seconds: float
    megabytes: float


def directory() -> Path:
    """Return the cache directory: SLIPWAY_CACHE, else `slipway` in the user's own."""
    home = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    chosen = Path(os.environ.get("SLIPWAY_CACHE") or Path(home, "slipway")).absolute()
    chosen.mkdir(parents=True, exist_ok=True)
    return chosen


@contextlib.contextmanager
def lock(name: str) -> Iterator[None]:
    """Hold a lock by name; a second process waits, a killed one lets go."""
    path = directory() / "locks" / name
    path.parent.mkdir(exist_ok=True)
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def fingerprint(*parts: str | Path) -> str:
    """Return a short hash of strings and of files (names, modes and bytes below a directory)."""
    total = hashlib.sha256()
    for part in parts:
        if isinstance(part, str):
            total.update(part.encode() + b"\0")
            continue
        files = sorted(p for p in part.rglob("*") if p.is_file()) if part.is_dir() else [part]
        for file in files:
            label = f"{file.relative_to(part.parent)} {os.access(file, os.X_OK)}"
            total.update(label.encode() + b"\0" + _digest(file).encode())
    return total.hexdigest()[:16]


def entry(name: str, key: str, build: Callable[[Path], None]) -> Path:
    """Return the directory of an entry; build it unless it is there and intact."""
    path = directory() / "entries" / f"{name}-{key}"
    with lock(name):
        if intact(path):
            return path
        scratch = directory() / "scratch" / name
        for leftover in (path, scratch):
            shutil.rmtree(leftover, ignore_errors=True)
        scratch.mkdir(parents=True)
        print(f"building {name}", flush=True)
        started, cpu = time.monotonic(), _cpu_seconds()
        build(scratch)
        _record(scratch, time.monotonic() - started, _cpu_seconds() - cpu)
        path.parent.mkdir(exist_ok=True)
        scratch.rename(path)
    intact.cache_clear()
    print(f"built {name} in {time.monotonic() - started:.0f} s", flush=True)
    return path


@functools.cache
def intact(path: Path) -> bool:
    """Tell whether an entry is complete and every file is what was built."""
    record = path / RECORD
    if not record.exists():
        return False
    files: dict[str, str] = json.loads(record.read_text())["files"]
    sound = all((path / f).is_file() and _digest(path / f) == d for f, d in files.items())
    if not sound:
        print(f"cache entry {path.name} is corrupted: building it again", flush=True)
    return sound


def listing() -> list[Entry]:
    """List the entries with the time that each took and their size."""
    found = []
    for record in sorted((directory() / "entries").glob(f"*/{RECORD}")):
        size = sum(p.stat().st_size for p in record.parent.rglob("*") if p.is_file())
        kept = json.loads(record.read_text())
        found.append(Entry(record.parent.name, kept["seconds"], kept["cpu_seconds"], size / 1e6))
    return found


def prune() -> None:
    """Remove all that is ours from the cache directory, and nothing else."""
    for pattern in OURS:
        for path in directory().glob(pattern):
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def _record(scratch: Path, seconds: float, cpu_seconds: float) -> None:
    files = [p for p in sorted(scratch.rglob("*")) if p.is_file() and not p.is_symlink()]
    digests = {str(p.relative_to(scratch)): _digest(p) for p in files}
    times = {"seconds": round(seconds, 1), "cpu_seconds": round(cpu_seconds, 1)}
    (scratch / RECORD).write_text(json.dumps(times | {"files": digests}, indent=1) + "\n")


def _cpu_seconds() -> float:
    """Return the processor time of this process and of those that it ran."""
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in both)


def _digest(file: Path) -> str:
    with file.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
