"""`make gate`: judge the newest candidate, keep the report, and say why."""

import sys
import tempfile
from datetime import date
from pathlib import Path

from .. import bundle, logs, project, registry, release, repository
from ..contract.gate import GateReport
from ..contract.manifest import Manifest
from ..errors import ProjectError
from ..features import Columns
from ..files import write_results
from ..settings import settings
from .models import Measured, measured_champion
from .report import judge

NOT_COMMITTED = (
    "warning: v{} was trained on code that is not committed, so it cannot be promoted: commit the "
    "code, then train and judge again."
)
OTHER_TASK = (
    "warning: v{}, the champion, predicts something else than objectives.yaml asks for, so nothing "
    "can be compared: the candidate is judged alone."
)


def main(result: Path | None = None) -> None:
    """Judge the candidate, keep the report, move `challenger` when it passed, and say why.

    A refusal is a normal outcome. `result` is a directory for what a workflow reads.

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
        _leave(result, "unchanged", candidate, "unchanged")
        return
    with tempfile.TemporaryDirectory() as directory:
        digests = candidate.model_digest, candidate.manifest_digest
        fetched = registry.fetch(candidate.number, Path(directory) / "candidate", *digests)
        challenger = bundle.load(fetched)
        rows = holdout(challenger.manifest, Path(directory) / "data")
    report = judge(challenger, _running(champion, rows), rows)
    registry.log_report(candidate, report, settings().reports)
    _tell(candidate, report)
    verdict = "passed" if report.passed else "refused"
    logs.span.note(model_version=candidate.number, verdict=verdict, trained_in=candidate.trace_id)
    _leave(result, verdict, candidate, report.against_champion)


def _running(champion: registry.Version | None, rows: Columns) -> Measured | None:
    """Measure what the last environment runs; None where there is nothing to compare with."""
    if champion is None:
        return None
    running = measured_champion(release.fetch(project.project().last)[1], rows)
    if running is None:
        print(OTHER_TASK.format(champion.number), file=sys.stderr)
    return running


def _tell(candidate: registry.Version, report: GateReport) -> None:
    logs.tell(f"v{candidate.number} {report.sentence}")
    if report.passed and not repository.is_commit(candidate.source_commit):
        print(NOT_COMMITTED.format(candidate.number), file=sys.stderr)


def _leave(result: Path | None, verdict: str, candidate: registry.Version, word: str) -> None:
    """Write what a workflow reads: the verdict, and the word for challenger beside champion."""
    if result is not None:
        results = {"verdict": verdict, "version": str(candidate.number), "against-champion": word}
        write_results(result, results)


def holdout(manifest: Manifest, directory: Path) -> Columns:
    """Return the labelled rows that a model's training left for the gate, from its snapshot.

    They pass the checks that they passed before the training.

    Raises:
        ProjectError: The snapshot is lost or damaged.
    """
    from ..training.rows import split
    from ..training_data import snapshot
    from ..training_data.columns import to_columns

    snapshot.fetch(manifest.snapshot, directory)
    return to_columns(split(directory, date.fromisoformat(manifest.training.end)).holdout)
