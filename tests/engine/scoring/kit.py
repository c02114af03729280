"""What a scoring has left."""

from pathlib import Path

import polars as pl

Snapshot = dict[str, tuple[int, bytes]]


def scores(place: Path, stem: str = "rows") -> pl.DataFrame:
    """Return the scores of the one table of a name that was scored."""
    return pl.read_parquet(directory(place, stem, "scores"))


def quarantine(place: Path, stem: str = "rows") -> pl.DataFrame:
    """Return its rows that break the schema."""
    return pl.read_parquet(directory(place, stem, "quarantine"))


def directory(place: Path, stem: str, kind: str) -> Path:
    (found,) = (path for path in place.glob(f"{stem}.{kind}-*") if path.is_dir())
    return found


def ended(place: Path, stem: str = "rows") -> list[Path]:
    """Return the files that say that a scoring has ended."""
    return list(place.glob(f"{stem}.scores-*.json"))


def captured(project: Path, environment: str = "prod") -> pl.DataFrame:
    """Return what was captured, read as any tool reads it."""
    return pl.read_parquet(project / "var" / "captures" / environment / "**" / "*.parquet")


def snapshot(place: Path) -> Snapshot:
    """Return when each file below a place was written, and its content."""
    files = (path for path in place.rglob("*") if path.is_file())
    return {str(path): (path.stat().st_mtime_ns, path.read_bytes()) for path in files}
