"""The gate: a candidate must be good enough, and beat the champion on the same newest rows."""

import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import numpy as np

from . import bundle, project, registry, release, repository, tasks
from .bundle import Model
from .contract.gate import Check, GateReport, Judged
from .contract.manifest import Manifest
from .contract.metrics import Metrics
from .errors import ProjectError
from .evaluate import measure
from .features import Columns
from .files import write_results
from .months import counted
from .objectives import objectives
from .schema import time_name
from .settings import settings

WARM_UP_CALLS = 20
TIMED_CALLS = 300
NOT_COMMITTED = (
    "warning: v{} was trained on code that is not committed, so it cannot be promoted: commit the "
    "code, then train and judge again."
)


def main(result: Path | None = None) -> None:
    """Judge the candidate, keep the report, move `challenger` when it passed, and say why.

    A refusal is a normal outcome. `result` is the directory for `verdict` and `version`.

    Raises:
        ProjectError: There is no candidate, or a model or its data cannot be had intact.
    """
    champion = release.sync_champion()
    candidate = registry.by_alias("candidate")
    if candidate is None:
        raise ProjectError("there is no candidate to judge yet: run `make train`.")
    if champion is not None and champion.number == candidate.number:
        last = project.project().last
        print(f"v{candidate.number} is what {last} runs already; train a newer candidate to judge.")
        _leave(result, "unchanged", candidate)
        return
    with tempfile.TemporaryDirectory() as directory:
        digests = candidate.model_digest, candidate.manifest_digest
        fetched = registry.fetch(candidate.number, Path(directory) / "candidate", *digests)
        challenger = bundle.load(fetched)
        rows = holdout(challenger.manifest, Path(directory) / "data")
    running = None
    if champion is not None:
        running = judged_champion(release.fetch(project.project().last)[1], rows)
    report = judge(challenger, running, rows)
    registry.log_report(candidate, report, settings().reports)
    _tell(candidate, report)
    _leave(result, "passed" if report.passed else "refused", candidate)


def _tell(candidate: registry.Version, report: GateReport) -> None:
    print(f"v{candidate.number} {report.sentence}")
    if report.passed and not repository.is_commit(candidate.source_commit):
        print(NOT_COMMITTED.format(candidate.number), file=sys.stderr)


def _leave(result: Path | None, verdict: str, candidate: registry.Version) -> None:
    if result is not None:
        write_results(result, {"verdict": verdict, "version": str(candidate.number)})


def holdout(manifest: Manifest, directory: Path) -> Columns:
    """Return the labelled rows that a model's training left for the gate, from its snapshot.

    They pass the checks that they passed before the training.

    Raises:
        ProjectError: The snapshot is lost or damaged.
    """
    from .training.rows import split
    from .training_data import snapshot
    from .training_data.columns import to_columns

    snapshot.fetch(manifest.snapshot, directory)
    return to_columns(split(directory, date.fromisoformat(manifest.training.end)).holdout)


def judged_champion(directory: Path, rows: Columns) -> Judged:
    """Measure the champion on the rows (n,) of the challenger.

    One with other features than this code computes cannot answer: the figures of its own holdout
    stand for it, or no new feature could ever be released.
    """
    manifest, manifest_digest, _ = bundle.verify(directory)
    if not bundle.same_features(manifest):
        return Judged(manifest.model.sha256, manifest_digest, manifest.metrics)
    return judged(bundle.load(directory), rows)


def judge(challenger: Model, champion: Judged | None, rows: Columns) -> GateReport:
    """Hold `challenger` on rows (n,) against objectives.yaml and against the champion."""
    new = judged(challenger, rows)
    checks = _relative(new.metrics, champion.metrics) if champion is not None else []
    checks += _absolute(new.metrics, latency_p99_ms(challenger, rows))
    failed = [check.words for check in checks if not check.passed]
    verdict = "refused" if failed else "passed"
    words = "; ".join(failed or [checks[0].words])
    return GateReport(
        passed=not failed,
        sentence=f"{verdict} on {new.metrics.rows:,} rows: {words}.{_advantage(champion)}",
        checks=checks,
        challenger=new,
        champion=champion,
        rows=new.metrics.rows,
        snapshot=challenger.manifest.snapshot.digest,
    )


def judged(model: Model, rows: Columns) -> Judged:
    """Measure a model on labelled rows (n,)."""
    metrics = measure(rows, model.predict(rows), objectives())
    days = np.unique(rows[time_name(model.manifest.inputs)].astype("datetime64[D]")).tolist()
    trained = model.manifest.training.days_among(days)
    return Judged(model.model_digest, model.manifest_digest, metrics, trained)


def _advantage(champion: Judged | None) -> str:
    """Say when the champion knows rows that it is judged on, as with an earlier --as-of."""
    days = champion.trained_days if champion else 0
    return f" The champion was trained on {counted(days)} of these rows." if days else ""


def _relative(new: Metrics, old: Metrics) -> list[Check]:
    """Return what only a comparison with the champion can tell."""
    targets = objectives()
    gate, metric = targets.gate, tasks.metric(targets.task, targets.gate.metric)
    value, reference = new.values[metric.name], old.values[metric.name]
    gain = -metric.loss(value, reference)
    words = f"{metric.title} {value:,.3f} against the champion's {reference:,.3f}"
    checks = [
        Check(
            f"{metric.name}_gain",
            gain,
            gate.margin,
            gain >= gate.margin,
            f"{words} (asked: {gate.margin} better)",
        )
    ]
    return checks + _worst_group(new, old)


def _worst_group(new: Metrics, old: Metrics) -> list[Check]:
    """Return how much the group that loses most loses; nothing where no groups are compared."""
    targets = objectives()
    quality, limit = targets.quality_metric, targets.gate.group_loss_maximum
    losses = {
        group: quality.loss(value, old.groups.get(group, value))
        for group, value in new.groups.items()
    }
    if not losses:
        return []
    worst = max(losses, key=lambda group: losses[group])
    loss = losses[worst]
    who = f"{quality.title} of {targets.gate.group} {worst}"
    words = f"{who} {-loss:+.3f} against the champion's (asked: -{limit})"
    return [Check("worst_group_loss", loss, limit, loss <= limit, words)]


def _absolute(new: Metrics, latency: float) -> list[Check]:
    """Return what every model must fulfil, with or without a champion."""
    gate = objectives().gate
    checks = [_limit(name, new, limit, "at least") for name, limit in gate.minimum.items()]
    checks += [_limit(name, new, limit, "at most") for name, limit in gate.maximum.items()]
    slowest = gate.latency_p99_ms_maximum
    words = f"one row takes {latency:.2f} ms (asked: at most {slowest})"
    return [*checks, Check("latency_p99_ms", latency, slowest, latency <= slowest, words)]


def _limit(name: str, new: Metrics, limit: float, side: str) -> Check:
    metric, value = tasks.metric(objectives().task, name), new.values[name]
    passed = value >= limit if side == "at least" else value <= limit
    words = f"{metric.title} {metric.show(value)} (asked: {side} {limit})"
    return Check(name, value, limit, passed, words)


def latency_p99_ms(model: Model, columns: Columns) -> float:
    """Return the 99th percentile of the milliseconds that a prediction of one row takes.

    Time on the processor is measured: a busy machine must not turn a good model down.
    """
    row = {name: column[:1] for name, column in columns.items()}
    times = []
    for _ in range(WARM_UP_CALLS + TIMED_CALLS):
        start = time.thread_time_ns()
        model.predict(row)
        times.append(time.thread_time_ns() - start)
    return float(np.percentile(times[WARM_UP_CALLS:], 99)) / 1e6
