"""The gate: a candidate must be good enough, and beat the champion on the same newest rows."""

import tempfile
import time
from pathlib import Path

import numpy as np

from . import bundle, registry, release
from .bundle import Model
from .config import settings
from .errors import ProjectError
from .evaluate import Metrics, metrics
from .features import FEATURES, KEY, TIME, Array, Columns
from .files import write_results
from .manifest import Manifest
from .objectives import objectives
from .registry import Check, GateReport, Judged

WARM_UP_CALLS = 20
TIMED_CALLS = 300


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
        print(f"v{candidate.number} is what prod runs already; train a newer candidate to judge.")
        _leave(result, "unchanged", candidate)
        return
    with tempfile.TemporaryDirectory() as directory:
        digests = candidate.model_digest, candidate.manifest_digest
        fetched = registry.fetch(candidate.number, Path(directory) / "candidate", *digests)
        challenger = bundle.load(fetched)
        rows = holdout(challenger.manifest, Path(directory) / "data")
    labels, groups = rows["label"], rows[objectives().gate.group]
    running = None
    if champion is not None:
        running = judged_champion(release.fetch("prod")[1], rows, labels, groups)
    report = judge(challenger, running, rows, labels, groups)
    registry.log_report(candidate, report, settings().reports)
    print(f"v{candidate.number} {report.sentence}")
    _leave(result, "passed" if report.passed else "refused", candidate)


def _leave(result: Path | None, verdict: str, candidate: registry.Version) -> None:
    if result is not None:
        write_results(result, {"verdict": verdict, "version": str(candidate.number)})


def holdout(manifest: Manifest, directory: Path) -> Columns:
    """Return the labelled rows that a model's training left for the gate, from its snapshot.

    Raises:
        ProjectError: The snapshot is lost or damaged.
    """
    import polars as pl

    from .data import quarantine, snapshot
    from .data.columns import to_columns

    snapshot.fetch(manifest.snapshot, directory)
    newest = pl.col(TIME).dt.date() >= pl.lit(manifest.training.end).str.to_date()
    features = pl.read_parquet(directory / "features.parquet").filter(newest)
    labels = quarantine.check_labels(pl.read_parquet(directory / "labels.parquet"))
    good = quarantine.split(features).good
    return to_columns(good.join(labels, on=KEY, maintain_order="left"))


def judged_champion(directory: Path, columns: Columns, labels: Array, groups: Array) -> Judged:
    """Measure the champion on the rows (n,) of the challenger.

    One with other features than this code computes cannot answer any more: the figures of its
    own holdout stand for it, or no new feature could ever be released.
    """
    manifest, manifest_digest, _ = bundle.verify(directory)
    if manifest.features != list(FEATURES):
        return Judged(manifest.model.sha256, manifest_digest, manifest.metrics)
    return judged(bundle.load(directory), columns, labels, groups)


def judge(
    challenger: Model, champion: Judged | None, columns: Columns, labels: Array, groups: Array
) -> GateReport:
    """Hold `challenger` on rows (n,) against objectives.yaml and against the champion."""
    new = judged(challenger, columns, labels, groups)
    latency = latency_p99_ms(challenger, columns)
    checks = _relative(new.metrics, champion.metrics) if champion is not None else []
    checks += _absolute(new.metrics, latency)
    failed = [check.words for check in checks if not check.passed]
    verdict = "refused" if failed else "passed"
    words = "; ".join(failed or [checks[0].words])
    return GateReport(
        passed=not failed,
        sentence=f"{verdict} on {len(labels):,} rows: {words}.",
        checks=checks,
        challenger=new,
        champion=champion,
        rows=len(labels),
        snapshot=challenger.manifest.snapshot.digest,
    )


def judged(model: Model, columns: Columns, labels: Array, groups: Array) -> Judged:
    """Measure a model on labelled rows (n,)."""
    found = metrics(labels, model.predict(columns), groups, objectives().kpi)
    return Judged(model.model_digest, model.manifest_digest, found)


def _relative(new: Metrics, old: Metrics) -> list[Check]:
    """Return what only a comparison with the champion can tell."""
    gate = objectives().gate
    kpi = f"{objectives().kpi.name} per 1000 rows"
    name = {"auc": "AUC", "value_per_1000": kpi}[gate.metric]
    value, reference = getattr(new, gate.metric), getattr(old, gate.metric)
    drops = {group: old.group_auc.get(group, auc) - auc for group, auc in new.group_auc.items()}
    worst = max(drops, key=lambda group: drops[group], default="")
    drop, limit = drops.get(worst, 0.0), gate.worst_group_drop_maximum
    words = f"{name} {value:,.3f} against the champion's {reference:,.3f}"
    return [
        Check(
            f"{gate.metric}_gain",
            value - reference,
            gate.margin,
            value - reference >= gate.margin,
            f"{words} (asked: {gate.margin} more)",
        ),
        Check(
            "worst_group_drop",
            drop,
            limit,
            drop <= limit,
            f"AUC of {gate.group} {worst} {-drop:+.3f} against the champion's (asked: -{limit})",
        ),
    ]


def _absolute(new: Metrics, latency: float) -> list[Check]:
    """Return what every model must fulfil, with or without a champion."""
    gate = objectives().gate
    error, slowest = gate.calibration_error_maximum, gate.latency_p99_ms_maximum
    return [
        Check(
            "auc",
            new.auc,
            gate.auc_minimum,
            new.auc >= gate.auc_minimum,
            f"AUC {new.auc:.3f} (asked: at least {gate.auc_minimum})",
        ),
        Check(
            "calibration_error",
            new.calibration_error,
            error,
            new.calibration_error <= error,
            f"calibration error {new.calibration_error:.3f} (asked: at most {error})",
        ),
        Check(
            "latency_p99_ms",
            latency,
            slowest,
            latency <= slowest,
            f"one row takes {latency:.2f} ms (asked: at most {slowest})",
        ),
    ]


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
