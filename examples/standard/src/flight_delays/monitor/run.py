"""`make monitor`: watch one month, write the reports, and say what to do."""

import re
import tempfile
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import msgspec

from .. import bundle, registry
from ..config import settings
from ..data import source
from ..data.columns import to_columns
from ..errors import ProjectError
from ..files import write_bytes
from ..manifest import Manifest
from ..objectives import objectives
from . import captures, metrics, page
from .decide import decide
from .drift import compare
from .performance import measure
from .report import Point, Report, Served

TREND_MONTHS = 12


class _Performance(msgspec.Struct):
    auc: float | None


class _Earlier(msgspec.Struct):
    """The part of an earlier report that the trend shows."""

    month: str
    performance: _Performance


def main(month: str, as_of: date | None = None) -> None:
    """Write `monitor-<month>.{json,html,prom}`; labels are those known on `as_of`.

    The default day is the first of the following month.

    Raises:
        ProjectError: `month` is no month, nothing was captured, or the model is not registered.
    """
    start, end = _bounds(month)
    report = _watch(month, start, end, as_of or end)
    targets = objectives()
    path = settings().reports / f"monitor-{month}"
    write_bytes(path.with_suffix(".html"), page.render(report, targets).encode())
    write_bytes(path.with_suffix(".prom"), metrics.text(report, targets.monitoring.auc_objective))
    write_bytes(path.with_suffix(".json"), msgspec.json.format(msgspec.json.encode(report)) + b"\n")
    print(_table(report))
    print(report.decision.reason)
    print(f"report: {path.with_suffix('.html')}")


def _bounds(month: str) -> tuple[date, date]:
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", month):
        raise ProjectError(f'"{month}" is no month: write it as 2013-04.')
    start = date.fromisoformat(f"{month}-01")
    return start, (start + timedelta(days=31)).replace(day=1)


def _watch(month: str, start: date, end: date, as_of: date) -> Report:
    captured = captures.read(settings().captures / month)
    others = Counter(record.model for record in captured.records)
    digest, _ = others.most_common(1)[0]
    del others[digest]
    version, manifest = _served(digest)
    records = [record for record in captured.records if record.model == digest]
    frame = captures.to_frame(records, manifest.inputs)
    targets = objectives()
    columns = to_columns(frame)
    drift = compare(manifest.baseline, columns, columns["probability"], targets.monitoring)
    performance = measure(frame, source.read_labels(start, end, as_of), targets)
    return Report(
        month=month,
        as_of=as_of,
        model=Served(version.name, version.number, digest, date.fromisoformat(version.as_of)),
        decision=decide(performance, drift, _last_trained(), as_of, targets.monitoring),
        performance=performance,
        drift=drift,
        trend=_trend(month, performance.auc),
        other_models=dict(others),
        unreadable_lines=captured.unreadable,
    )


def _served(digest: str) -> tuple[registry.Version, Manifest]:
    version = registry.by_digest(digest)
    if version is None:
        raise ProjectError(
            f"Model {digest[:12]} answered the requests but is not in the registry: "
            "set MLFLOW_TRACKING_URI to the registry it came from."
        )
    with tempfile.TemporaryDirectory() as directory:
        fetched = registry.fetch(
            version.number, Path(directory) / "bundle", digest, version.manifest_digest
        )
        return version, bundle.read_manifest(fetched)


def _last_trained() -> date | None:
    newest = registry.by_alias("candidate")
    return None if newest is None else date.fromisoformat(newest.as_of)


def _trend(month: str, auc: float | None) -> list[Point]:
    """Return the AUC of this month and of the earlier ones that were monitored."""
    seen = {month: auc}
    for path in settings().reports.glob("monitor-*.json"):
        try:
            earlier = msgspec.json.decode(path.read_bytes(), type=_Earlier)
        except msgspec.DecodeError:
            continue  # a report of another version of this code is no reason to stop
        if earlier.month < month:
            seen[earlier.month] = earlier.performance.auc
    points = [Point(name, value) for name, value in sorted(seen.items()) if value is not None]
    return points[-TREND_MONTHS:]


def _table(report: Report) -> str:
    lines = [
        f"{report.model.name} v{report.model.version}, {report.month}, "
        f"labels known on {report.as_of}",
        f"{'column':24}{'PSI':>8}{'KS':>8}{'JS':>8}{'missing':>9}{'unseen':>9}",
    ]
    for column in (*report.drift.features, report.drift.prediction):
        moved = "" if column.ks is None else f"{column.ks:.3f}"
        unseen = "" if column.unseen_share is None else f"{column.unseen_share:.1%}"
        lines.append(
            f"{column.name:24}{column.psi:8.3f}{moved:>8}{column.js:8.3f}"
            f"{column.missing_share:9.1%}{unseen:>9}{'  drift' if column.flagged else ''}"
        )
    return "\n".join(lines)
