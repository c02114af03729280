"""`make monitor`: watch one month of an environment, write the reports, and say what to do."""

import math
import sys
from datetime import date
from pathlib import Path

import msgspec

from .. import logs, project, registry, tasks
from ..contract.manifest import Manifest
from ..errors import ProjectError
from ..files import write_bytes, write_results
from ..months import each_day, known_by, month_days
from ..objectives import Objectives, objectives
from ..release import record
from ..settings import settings
from . import archive, captures, metrics, models, outcome, page, performance
from .decide import decide, doubt, remind
from .drift import compare
from .month import add_up
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
            the labels have a column too few or of another type.
    """
    report = _asked(month, environment, as_of) if month else _newest(environment, as_of)
    print(_table(report))
    for note in report.left_out:
        print(f"left out: {note}")
    logs.tell(report.decision.reason)
    print(f"report: {_keep(report)}")
    if result is not None:
        refusals, registered = registry.refusals_in_a_row(), _registered(environment)
        told = outcome.results(report, objectives().quality, refusals, registered)
        write_results(result, told)
    _prune(environment)


def _registered(environment: str) -> float:
    """Return when the released model was registered, seconds since 1970; NaN where none is."""
    release = record.released(environment)
    return registry.registered_at(int(release.model_version)) if release else math.nan


def _asked(month: str, environment: str, as_of: date | None) -> Report:
    """Watch one month."""
    month_days(month)  # it becomes part of a path
    report = _watch(month, environment, as_of)
    if report is None:
        raise ProjectError(
            f"No captured prediction in {_captured(environment)}/{month}: serve requests of that "
            "month there."
        )
    return report


def _newest(environment: str, as_of: date | None) -> Report:
    """Watch the newest month whose decision is not unknown; the newest of all if none is."""
    place = _captured(environment)
    this_month = f"{as_of or date.today():%Y-%m}"
    reports = (
        report
        for month in captures.months(place)
        if month <= this_month and (report := _watch(month, environment, as_of))
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


def _watch(month: str, environment: str, as_of: date | None) -> Report | None:
    """Return the report of a month, None if nothing was captured."""
    start, end = month_days(month)
    as_of = as_of or min(end, date.today())
    targets = objectives()
    seen = add_up(month, _captured(environment), _kept(environment), as_of, targets)
    if seen is None:
        return None
    whole = seen.whole
    version, manifest = models.served(whole.answerer)
    _require_task(manifest, targets)
    drift = compare(manifest.baseline, whole.features, whole.predictions, targets.monitoring)
    judged = performance.judge(seen, targets)
    complete = known_by(end, project.source().LABEL_DELAY)
    decided = decide(judged, drift, _last_trained(), as_of, complete, targets)
    decision = doubt(decided, judged, whole.unusable)
    return Report(
        environment=environment,
        month=month,
        as_of=as_of,
        model=Served(version.name, version.number, whole.model, date.fromisoformat(version.as_of)),
        decision=remind(decision, manifest.training.days_among(each_day(start, end))),
        performance=judged,
        drift=drift,
        trend=_trend(environment, month, judged),
        other_models=seen.others,
        unreadable_lines=seen.unreadable,
        unusable_outcomes=whole.unusable,
    )


def _require_task(manifest: Manifest, targets: Objectives) -> None:
    """Refuse a month of a model that predicted something else."""
    if not tasks.predicts(manifest.task, targets.task):
        raise ProjectError(
            f"Most of the month was answered by a model of the task {manifest.task!r}, and "
            f"objectives.yaml says {targets.told_task!r}: watch a month that a newer one answered."
        )


def _last_trained() -> date | None:
    newest = registry.by_alias("candidate")
    return None if newest is None else date.fromisoformat(newest.as_of)


def _trend(environment: str, month: str, judged: performance.Performance) -> list[Point]:
    """Return the quality of this month and of the earlier ones that were watched."""
    quality = objectives().quality
    points = archive.trend(_kept(environment), month, quality)
    if quality in judged.values:
        points.append(Point(month, judged.values[quality], judged.interval))
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
