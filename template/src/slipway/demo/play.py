"""`make demo`: months pass in fast motion, on the real data, with the project's own commands."""

import json
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import polars as pl
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from .. import bundle, evaluate
from ..contract.metrics import Metrics
from ..errors import ProjectError
from ..months import next_month
from ..objectives import Objectives, objectives
from ..project import project, source
from ..schema import input_specs, key_name
from ..settings import settings
from ..tasks import VALUE
from ..training_data import labels
from ..training_data.columns import to_columns
from ..training_data.quarantine import servable
from . import report, stage, traffic
from .story import Month, example, sentence, summary


def main() -> None:
    """Play every month of the source after the first training, then report.

    Raises:
        ProjectError: A step failed; the sentence says which.
    """
    console = Console()
    targets = objectives()
    copy = stage.build(settings().project_root, settings().state / "demo")
    starts = month_starts(*source().available(), targets.training.window_days)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("the first model", total=len(starts) - 1)
        _train(copy, starts[0], progress)
        if not _release_if_better(copy, progress):
            raise ProjectError("the first model did not pass the gate; see var/demo/var/reports.")
        first = copy.state / "serving" / copy.release(project().last)["model-digest"]
        months = []
        for start, end in pairwise(starts):
            progress.update(task, description=f"{start:%B %Y}")
            months.append(_play(copy, first, start, end, progress))
            progress.advance(task)
    _tell(console, copy, months, targets)


def month_starts(first: date, last: date, window_days: int) -> list[date]:
    """Return the first days of the months that follow the first training window."""
    day = first + timedelta(days=window_days)
    day = day if day.day == 1 else next_month(day)
    starts = []
    while day <= last:
        starts.append(day)
        day = next_month(day)
    if len(starts) < 2:
        raise ProjectError(
            f"the source holds {first} to {last}: the demo needs {window_days} days and a month."
        )
    return starts


def _train(copy: stage.Stage, as_of: date, progress: Progress) -> None:
    progress.print(f"[bold]{as_of}[/] training on the data known by now")
    copy.run("train", "--as-of", str(as_of))


def _release_if_better(copy: stage.Stage, progress: Progress) -> bool:
    """Ask the gate, and release its challenger to every environment."""
    progress.print(f"  gate: {copy.run('gate').strip().splitlines()[-1]}")
    verdict = _newest(copy, "gate-v*.json")
    if not verdict["passed"]:
        return False
    environments = project().environments
    for environment in environments:
        copy.run("promote", "--to", environment, "--reason", "demo")
    released = copy.release(project().last)
    progress.print(f"  released v{released['model-version']} to {', '.join(environments)}")
    return True


def _newest(copy: stage.Stage, pattern: str) -> dict[str, Any]:
    files = (copy.state / "reports").glob(pattern)
    newest = max(files, key=lambda path: path.stat().st_mtime_ns)
    report: dict[str, Any] = json.loads(newest.read_text("utf-8"))
    return report


def _play(copy: stage.Stage, first: Path, start: date, end: date, progress: Progress) -> Month:
    """Score a month, let its labels arrive, watch, and retrain when the monitor says so.

    Rows that break the schema are left out, as they are in training.
    """
    rows, last = servable(source().read_features(start, end)), project().last
    serving = copy.release(last)
    _score(copy, serving["model-name"], rows, progress)
    month = f"{start:%Y-%m}"
    copy.run("monitor", "--month", month, "--as-of", str(end))
    report = _newest(copy, f"{last}/monitor-{month}.json")
    captured = report["performance"]["predictions"]
    if captured != len(rows):
        raise ProjectError(f"{month}: {len(rows)} rows were answered but {captured} captured.")
    decision, why = "kept", report["decision"]["reason"]
    progress.print(f"[bold]{month}[/] {why}")
    if report["decision"]["retrain"]:
        decision, why = _retrain(copy, end, progress)
    frozen = _first_model(first, rows, start, end)
    version = int(serving["model-version"])
    return _month(report, frozen, len(rows), version, decision=decision, why=why)


def _month(
    report: dict[str, Any], frozen: Metrics, rows: int, version: int, **outcome: str
) -> Month:
    """Hold the model that served a month against the first one, which is frozen."""
    quality, thousands = objectives().quality, report["performance"]["rows"] / 1000
    values, drift = report["performance"]["values"], report["drift"]["features"]
    return Month(
        month=report["month"],
        rows=rows,
        version=version,
        quality_first=frozen.values[quality],
        quality_serving=values[quality],
        value_first=frozen.values[VALUE] * thousands,
        value_serving=values[VALUE] * thousands,
        psi={column["name"]: column["psi"] for column in drift},
        drifted=[column["name"] for column in drift if column["flagged"]],
        **outcome,
    )


def _retrain(copy: stage.Stage, as_of: date, progress: Progress) -> tuple[str, str]:
    """Train a challenger, let the gate judge it, and return what came of it and why."""
    _train(copy, as_of, progress)
    released = _release_if_better(copy, progress)
    verdict = _newest(copy, "gate-v*.json")
    quality = objectives().quality_metric
    new, old = (
        quality.show(verdict[side]["metrics"]["values"][quality.name])
        for side in ("challenger", "champion")
    )
    if released:
        version = copy.release(project().last)["model-version"]
        return f"promoted v{version} {new} after {old}", verdict["sentence"]
    return f"refused {new} after {old}", verdict["sentence"]


def _score(copy: stage.Stage, model: str, rows: pl.DataFrame, progress: Progress) -> None:
    last = project().last
    log = copy.state / f"serve-{last}.log"
    with traffic.server(last, copy.root, copy.environment, log) as client:
        task = progress.add_task("  requests", total=len(rows))
        for answered in traffic.score(client, model, rows):
            progress.advance(task, answered)
        progress.remove_task(task)


def _first_model(first: Path, rows: pl.DataFrame, start: date, end: date) -> Metrics:
    """Measure what the first model would have done with the labels known at `end`."""
    known = source().read_labels(start, end, end)
    columns = to_columns(labels.join(rows, known, key_name(input_specs())))
    return evaluate.measure(columns, bundle.load(first).predict(columns), objectives())


def _tell(console: Console, copy: stage.Stage, months: list[Month], targets: Objectives) -> None:
    page = settings().reports / "demo.html"
    page.parent.mkdir(parents=True, exist_ok=True)
    releases = [line for line in copy.log() if line.startswith("release(")]
    report.write(page, months, releases, targets)
    if example():
        console.print(example(), style="bold", highlight=False)
    console.print(summary(months, targets))
    console.print(sentence(months, targets.kpi.unit))
    console.print(f"\nreport: {_relative(page)}", highlight=False, soft_wrap=True)
    console.print(f"the copy it played in: {_relative(copy.root)}", highlight=False)
    first = project().first
    console.print(f"next: make train, make gate, make promote TO={first}, make help")


def _relative(path: Path) -> str:
    return str(path.relative_to(settings().project_root))
