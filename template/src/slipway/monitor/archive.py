"""Reports of an environment, in a directory or a bucket, and how long they and captures stay."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import msgspec
from obstore.store import ObjectStore

from .. import store
from ..contract.interval import Interval
from .report import Point, Report

T = TypeVar("T")


class _Performance(msgspec.Struct):
    values: dict[str, float]
    interval: Interval | None = None


class _Earlier(msgspec.Struct):
    """The part of an earlier report that the trend shows."""

    month: str
    performance: _Performance


def keep(place: str, month: str, files: dict[str, bytes]) -> None:
    """Write the files of a month, by their suffix, to the store at `place`.

    Raises:
        ProjectError: The store cannot be written.
    """
    with store.opened(place) as opened:
        for suffix, content in files.items():
            opened.put(f"monitor-{month}{suffix}", content)


def reports(place: str) -> list[Report]:
    """Return the months that were watched, oldest first.

    Raises:
        ProjectError: The store cannot be read.
    """
    with store.opened(place) as opened:
        return sorted(_decoded(opened, Report), key=lambda report: report.month)


def trend(place: str, month: str, metric: str) -> list[Point]:
    """Return the value of a metric in the months before `month` that were watched, oldest first."""
    points = []
    with store.opened(place) as opened:
        for earlier in _decoded(opened, _Earlier):
            performance = earlier.performance
            if earlier.month < month and metric in performance.values:
                value = performance.values[metric]
                points.append(Point(earlier.month, value, performance.interval))
    return sorted(points, key=lambda point: point.month)


def _decoded(opened: ObjectStore, kind: type[T]) -> Iterator[T]:
    """Yield the reports; one of another version of this code is no reason to stop."""
    paths = [entry["path"] for part in opened.list() for entry in part]
    for path in paths:
        if path.endswith(".json"):
            with suppress(msgspec.DecodeError):
                yield msgspec.json.decode(bytes(opened.get(path).bytes()), type=kind)


def prune(place: str, days: int) -> int:
    """Remove what was written to the store more than `days` ago; return how many objects.

    Raises:
        ProjectError: The store does not let us.
    """
    oldest = datetime.now(UTC) - timedelta(days=days)
    with store.opened(place) as opened:
        entries = [entry for part in opened.list() for entry in part]
        old = [entry["path"] for entry in entries if entry["last_modified"] < oldest]
        if old:
            opened.delete(old)
    return len(old)
