"""`make monitor`: watch one month of an environment, write the reports, and say what to do."""

import sys
import tempfile
from collections import Counter
from datetime import date
from pathlib import Path

import msgspec

from .. import bundle, project, registry
from ..contract.manifest import Manifest
from ..errors import ProjectError
from ..files import write_bytes, write_results
from ..months import each_day, known_by, month_days
from ..objectives import objectives
from ..settings import settings
from ..training_data.columns import to_columns
from . import archive, captures, metrics, outcome, page, performance
from .decide import decide, remind
from .drift import compare
from .report import Point, Report, Served

TREND_MONTHS = 12


def main(
    month: str | None, environment: str, as_of: date | None = None, result: Path | None = None
) -> None:
    """Write `monitor-<month>.{json,html,prom}` of what an environment answered.

    Labels are those known on `as_of`: by default the first of the following month, or today.
    Without a month it is the newest that has labels enough to judge. `result` is a directory for
    one file a value that a workflow needs.

    Raises:
        ProjectError: `month` is no month, nothing was captured, the model is not registered, or
            the labels do not pass the checks of training.
    """
    report = _asked(month, environment, as_of) if month else _newest(environment, as_of)
    print(_table(report))
    print(report.decision.reason)
    print(f"report: {_keep(report)}")
    if result is not None:
        refusals = registry.refusals_in_a_row()
        write_results(result, outcome.results(report, objectives().quality, refusals))
    _prune(environment)


def _asked(month: str, environment: str, as_of: date | None) -> Report:
    """Watch one month."""
    month_days(month)  # it becomes part of a path
    place = _captured(environment)
    captured = captures.read(place, month)
    if not captured.rows:
        raise ProjectError(
            f"No captured prediction in {place}/{month}: serve requests of that month there."
        )
    return _watch(month, environment, as_of, captured)


def _newest(environment: str, as_of: date | None) -> Report:
    """Watch the newest month whose decision is not unknown; the newest of all if none is."""
    place = _captured(environment)
    this_month = f"{as_of or date.today():%Y-%m}"
    reports = (
        _watch(month, environment, as_of, captured)
        for month in captures.months(place)
        if month <= this_month and (captured := captures.read(place, month)).rows
    )
    first = next(reports, None)
    if first is None:
        raise ProjectError(f"No captured prediction in {place}: serve requests there first.")
    if first.decision.status != "unknown":
        return first
    return next((report for report in reports if report.decision.status != "unknown"), first)


def _keep(report: Report) -> Path:
    """Keep the report and return where the page is on this machine."""
    targets = objectives()
    content = page.render(report, targets).encode()
    files = {
        ".html": content,
        ".prom": metrics.text(report, targets),
        ".json": msgspec.json.format(msgspec.json.encode(report)) + b"\n",
    }
    archive.keep(_kept(report.environment), report.month, files)
    path = settings().reports / report.environment / f"monitor-{report.month}.html"
    if settings().monitor_store:
        write_bytes(path, content)
    return path


def _prune(environment: str) -> None:
    """Remove what is too old; where a rule of the bucket does it, the account may not."""
    for place in (_captured(environment), _kept(environment)):
        try:
            removed = archive.prune(place, objectives().monitoring.retention_days)
        except ProjectError as error:
            print(f"warning: nothing old was removed: {error}", file=sys.stderr)
        else:
            if removed:
                print(f"removed {removed} old objects from {place}")


def _captured(environment: str) -> str:
    return f"{settings().captures}/{environment}"


def _kept(environment: str) -> str:
    return f"{settings().monitoring}/{environment}"


def _watch(month: str, environment: str, as_of: date | None, captured: captures.Captures) -> Report:
    start, end = month_days(month)
    as_of = as_of or min(end, date.today())
    answered = captures.by_model(captured.rows)
    (digest, manifest_digest), rows = max(answered.items(), key=lambda item: len(item[1]))
    others = Counter(row.model for model in answered.values() if model is not rows for row in model)
    version, manifest = _served(digest, manifest_digest)
    frame = captures.to_frame(rows, manifest.inputs)
    targets, labels = objectives(), project.source().read_labels(start, end, as_of)
    predictions = targets.task.columns(performance.predictions(frame))
    drift = compare(manifest.baseline, to_columns(frame), predictions, targets.monitoring)
    judged = performance.judge(frame, labels, manifest.inputs, targets)
    complete = known_by(end, project.source().LABEL_DELAY)
    decision = decide(judged, drift, _last_trained(), as_of, complete, targets)
    return Report(
        environment=environment,
        month=month,
        as_of=as_of,
        model=Served(version.name, version.number, digest, date.fromisoformat(version.as_of)),
        decision=remind(decision, manifest.training.days_among(each_day(start, end))),
        performance=judged,
        drift=drift,
        trend=_trend(environment, month, judged.values.get(targets.quality)),
        other_models=dict(others),
        unreadable_lines=captured.unreadable,
    )


def _served(digest: str, manifest_digest: str | None) -> tuple[registry.Version, Manifest]:
    version = registry.answered(digest, manifest_digest)
    with tempfile.TemporaryDirectory() as directory:
        fetched = registry.fetch(
            version.number, Path(directory) / "bundle", digest, version.manifest_digest
        )
        return version, bundle.read_manifest(fetched)


def _last_trained() -> date | None:
    newest = registry.by_alias("candidate")
    return None if newest is None else date.fromisoformat(newest.as_of)


def _trend(environment: str, month: str, value: float | None) -> list[Point]:
    """Return the quality of this month and of the earlier ones that were watched."""
    points = archive.trend(_kept(environment), month, objectives().quality)
    if value is not None:
        points.append(Point(month, value))
    return points[-TREND_MONTHS:]


def _table(report: Report) -> str:
    lines = [
        f"{report.model.name} v{report.model.version} in {report.environment}, {report.month}, "
        f"labels known on {report.as_of}",
        f"{'column':24}{'PSI':>8}{'KS':>8}{'JS':>8}{'missing':>9}{'unseen':>9}",
    ]
    for column in (*report.drift.features, *report.drift.predictions):
        moved = "" if column.ks is None else f"{column.ks:.3f}"
        unseen = "" if column.unseen_share is None else f"{column.unseen_share:.1%}"
        lines.append(
            f"{column.name:24}{column.psi:8.3f}{moved:>8}{column.js:8.3f}"
            f"{column.missing_share:9.1%}{unseen:>9}{'  drift' if column.flagged else ''}"
        )
    return "\n".join(lines)
