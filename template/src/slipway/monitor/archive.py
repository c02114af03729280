"""Reports of an environment, in a directory or a bucket, and how long they and captures stay."""

from datetime import UTC, datetime, timedelta

import msgspec

from .. import store
from .report import Point


class _Performance(msgspec.Struct):
    values: dict[str, float]


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


def trend(place: str, month: str, metric: str) -> list[Point]:
    """Return the value of a metric in the months before `month` that were watched, oldest first."""
    points = []
    with store.opened(place) as opened:
        paths = [entry["path"] for part in opened.list() for entry in part]
        for path in paths:
            if not path.endswith(".json"):
                continue
            try:
                earlier = msgspec.json.decode(bytes(opened.get(path).bytes()), type=_Earlier)
            except msgspec.DecodeError:
                continue  # a report of another version of this code is no reason to stop
            if earlier.month < month and metric in earlier.performance.values:
                points.append(Point(earlier.month, earlier.performance.values[metric]))
    return sorted(points, key=lambda point: point.month)


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
