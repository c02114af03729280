"""A month of the demo whose outcomes are known is watched, and the model trained again."""

import json
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
from rich.progress import Progress

from .. import bundle, evaluate
from ..contract.metrics import Metrics
from ..errors import ProjectError
from ..logs import span
from ..months import counted, known_by
from ..objectives import objectives
from ..project import project, source
from ..schema import input_specs, key_name
from ..tasks import VALUE
from ..training_data import labels
from ..training_data.columns import to_columns
from .stage import Stage
from .story import Month

LONG_DELAY = timedelta(days=10)  # after which too few outcomes of a month are known at its end


@dataclass(frozen=True)
class Answered:
    """The rows of the month [start, end) that `version` has answered."""

    start: date
    end: date
    rows: pl.DataFrame
    version: int

    @property
    def name(self) -> str:
        return f"{self.start:%Y-%m}"

    @property
    def watched_on(self) -> date:
        """The day to look at the month: its end, or where outcomes take long when all are known."""
        delay: timedelta = source().LABEL_DELAY
        return self.end if delay < LONG_DELAY else known_by(self.end, delay)

    @property
    def waiting(self) -> str:
        """Say until when the month waits for its outcomes; nothing where it does not wait."""
        days = (self.watched_on - self.end).days
        if not days:
            return ""
        return (
            f"[bold]{self.name}[/] answered; its last outcomes are known {counted(days)} after its "
            f"end: it is judged on {self.watched_on}, other months pass meanwhile"
        )


def watch(copy: Stage, first: Path, answered: Answered, progress: Progress) -> Month:
    """Watch a month, and retrain when the monitor says so; all that is one trace.

    Raises:
        ProjectError: A step failed, or the service did not capture each row.
    """
    with span.entered(span.begin("loop", None, month=answered.name)):
        return _watch(copy, first, answered, progress)


def _watch(copy: Stage, first: Path, answered: Answered, progress: Progress) -> Month:
    month, day = answered.name, answered.watched_on
    copy.run("monitor", "--month", month, "--as-of", str(day))
    report = newest(copy, f"{project().last}/monitor-{month}.json")
    captured = report["performance"]["predictions"]
    if captured != len(answered.rows):
        raise ProjectError(
            f"{month}: {len(answered.rows)} rows were answered but {captured} captured."
        )
    decision, why = "kept", report["decision"]["reason"]
    progress.print(f"[bold]{month}[/] {why}")
    if not report["performance"]["values"]:
        return _month(report, None, answered.version, decision="not judged", why=why)
    if report["decision"]["retrain"]:
        decision, why = _retrain(copy, day, progress)
    frozen = _first_model(first, answered, day)
    return _month(report, frozen, answered.version, decision=decision, why=why)


def _month(report: dict[str, Any], frozen: Metrics | None, version: int, **outcome: str) -> Month:
    """Hold the model that served a month against the first one, which is frozen.

    Without a frozen one, because the outcomes could not judge a model, no figure has a value.
    """
    performance, drift = report["performance"], report["drift"]["features"]
    quality = objectives().quality
    serving, first = performance["values"], frozen.values if frozen else {}
    return Month(
        month=report["month"],
        rows=performance["predictions"],
        version=version,
        quality_first=first.get(quality),
        quality_serving=serving.get(quality),
        value_first=_whole(first.get(VALUE), performance["rows"]),
        value_serving=_whole(serving.get(VALUE), performance["rows"]),
        psi={column["name"]: column["psi"] for column in drift},
        drifted=[column["name"] for column in drift if column["flagged"]],
        **outcome,
    )


def _whole(value: float | None, rows: int) -> float | None:
    """Return what all rows are worth, from the value of 1,000."""
    return None if value is None else value * (rows / 1000)


def _retrain(copy: Stage, as_of: date, progress: Progress) -> tuple[str, str]:
    """Train a challenger, let the gate judge it, and return what came of it and why."""
    train(copy, as_of, progress)
    released = release_if_better(copy, progress)
    verdict = newest(copy, "gate-v*.json")
    quality = objectives().quality_metric
    new, old = (
        quality.show(verdict[side]["metrics"]["values"][quality.name])
        for side in ("challenger", "champion")
    )
    if released:
        version = copy.release(project().last)["model-version"]
        return f"promoted v{version} {new} after {old}", verdict["sentence"]
    return f"refused {new} after {old}", verdict["sentence"]


def train(copy: Stage, as_of: date, progress: Progress) -> None:
    """Train a candidate on what is known when `as_of` begins."""
    progress.print(f"[bold]{as_of}[/] training on the data known by now")
    copy.run("train", "--as-of", str(as_of))


def release_if_better(copy: Stage, progress: Progress) -> bool:
    """Ask the gate, and release its challenger to every environment."""
    progress.print(f"  gate: {copy.run('gate').strip().splitlines()[-1]}")
    verdict = newest(copy, "gate-v*.json")
    if not verdict["passed"]:
        return False
    environments = project().environments
    for environment in environments:
        copy.run("promote", "--to", environment, "--reason", "demo")
    released = copy.release(project().last)
    progress.print(f"  released v{released['model-version']} to {', '.join(environments)}")
    return True


def newest(copy: Stage, pattern: str) -> dict[str, Any]:
    """Return the newest of the copy's reports that have such a name."""
    files = (copy.state / "reports").glob(pattern)
    path = max(files, key=lambda path: path.stat().st_mtime_ns)
    report: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return report


def _first_model(first: Path, answered: Answered, day: date) -> Metrics:
    """Measure what the first model would have done with the labels known on `day`."""
    known = source().read_labels(answered.start, answered.end, day)
    columns = to_columns(labels.join(answered.rows, known, key_name(input_specs())))
    return evaluate.measure(columns, bundle.load(first).predict(columns), objectives())
