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
from ..config import settings
from ..data import source
from ..data.columns import to_columns
from ..errors import ProjectError
from ..features import KEY
from ..objectives import Objectives, objectives
from . import report, stage, traffic
from .story import Month, sentence, table

ENVIRONMENTS = ("dev", "staging", "prod")


def main() -> None:
    """Play every month of the source after the first training, then report.

    Raises:
        ProjectError: A step failed; the sentence says which.
    """
    console = Console()
    targets = objectives()
    theatre = stage.build(settings().project_root, settings().state / "demo")
    starts = month_starts(*source.available(), targets.training.window_days)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("the first model", total=len(starts) - 1)
        _train(theatre, starts[0], progress)
        if not _release_if_better(theatre, progress):
            raise ProjectError("the first model did not pass the gate; see var/demo/var/reports.")
        first = theatre.state / "serving" / theatre.release("prod")["model-digest"]
        months = []
        for start, end in pairwise(starts):
            progress.update(task, description=f"{start:%B %Y}")
            months.append(_play(theatre, first, start, end, progress))
            progress.advance(task)
    _tell(console, theatre, months, targets)


def month_starts(first: date, last: date, window_days: int) -> list[date]:
    """Return the first days of the months that follow the first training window."""
    day = first + timedelta(days=window_days)
    day = day if day.day == 1 else _next_month(day)
    starts = []
    while day <= last:
        starts.append(day)
        day = _next_month(day)
    if len(starts) < 2:
        raise ProjectError(
            f"the source holds {first} to {last}: the demo needs {window_days} days and a month."
        )
    return starts


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def _train(theatre: stage.Stage, as_of: date, progress: Progress) -> None:
    progress.print(f"[bold]{as_of}[/] training on the data known by now")
    theatre.run("pipelines.training", "run", "--as-of", str(as_of))


def _release_if_better(theatre: stage.Stage, progress: Progress) -> bool:
    """Ask the gate, and release its challenger to dev, staging and prod."""
    progress.print(f"  gate: {theatre.project('gate').strip().splitlines()[-1]}")
    verdict = _newest(theatre, "gate-v*.json")
    if not verdict["passed"]:
        return False
    for environment in ENVIRONMENTS:
        theatre.project("promote", "--to", environment, "--reason", "demo")
    released = theatre.release("prod")
    progress.print(f"  released v{released['model-version']} to {', '.join(ENVIRONMENTS)}")
    return True


def _newest(theatre: stage.Stage, pattern: str) -> dict[str, Any]:
    files = (theatre.state / "reports").glob(pattern)
    newest = max(files, key=lambda path: path.stat().st_mtime_ns)
    read: dict[str, Any] = json.loads(newest.read_text("utf-8"))
    return read


def _play(theatre: stage.Stage, first: Path, start: date, end: date, progress: Progress) -> Month:
    """Score a month, let its labels arrive, watch, and retrain when the monitor says so."""
    rows = source.read_features(start, end)
    serving = theatre.release("prod")
    _score(theatre, serving["model-name"], rows, progress)
    month = f"{start:%Y-%m}"
    theatre.project("monitor", "--month", month, "--as-of", str(end))
    seen = _newest(theatre, f"prod/monitor-{month}.json")
    captured = seen["performance"]["predictions"]
    if captured != len(rows):
        raise ProjectError(f"{month}: {len(rows)} rows were answered but {captured} captured.")
    progress.print(f"[bold]{month}[/] {seen['decision']['reason']}")
    decision, why = "kept", seen["decision"]["reason"]
    if seen["decision"]["retrain"]:
        decision, why = _retrain(theatre, end, progress)
    frozen = _first_model(first, rows, start, end)
    thousands = seen["performance"]["rows"] / 1000
    return Month(
        month=month,
        rows=len(rows),
        version=int(serving["model-version"]),
        auc_first=frozen.auc,
        auc_serving=seen["performance"]["auc"],
        value_first=frozen.value_per_1000 * thousands,
        value_serving=seen["performance"]["value_per_1000"] * thousands,
        psi={feature["name"]: feature["psi"] for feature in seen["drift"]["features"]},
        drifted=[feature["name"] for feature in seen["drift"]["features"] if feature["flagged"]],
        decision=decision,
        why=why,
    )


def _retrain(theatre: stage.Stage, as_of: date, progress: Progress) -> tuple[str, str]:
    """Train a challenger, let the gate judge it, and return what came of it and why."""
    _train(theatre, as_of, progress)
    released = _release_if_better(theatre, progress)
    verdict = _newest(theatre, "gate-v*.json")
    new, old = (verdict[side]["metrics"]["auc"] for side in ("challenger", "champion"))
    if released:
        version = theatre.release("prod")["model-version"]
        return f"promoted v{version} {new:.3f} > {old:.3f}", verdict["sentence"]
    return f"refused {new:.3f} vs {old:.3f}", verdict["sentence"]


def _score(theatre: stage.Stage, model: str, rows: pl.DataFrame, progress: Progress) -> None:
    log = theatre.state / "serve-prod.log"
    with traffic.server("prod", theatre.root, theatre.environment, log) as client:
        task = progress.add_task("  requests", total=len(rows))
        for answered in traffic.score(client, model, rows):
            progress.advance(task, answered)
        progress.remove_task(task)


def _first_model(first: Path, rows: pl.DataFrame, start: date, end: date) -> evaluate.Metrics:
    """Measure what the first model would have done with the labels known at `end`."""
    labelled = rows.join(source.read_labels(start, end, end), on=KEY)
    columns = to_columns(labelled)
    targets = objectives()
    return evaluate.metrics(
        labelled["label"].to_numpy(),
        bundle.load(first).predict(columns),
        columns[targets.gate.group],
        targets.kpi,
    )


def _tell(console: Console, theatre: stage.Stage, months: list[Month], targets: Objectives) -> None:
    page = settings().reports / "demo.html"
    page.parent.mkdir(parents=True, exist_ok=True)
    releases = [line for line in theatre.log() if line.startswith("release(")]
    report.write(page, months, releases, targets)
    console.print(table(months, targets.kpi.unit))
    console.print(sentence(months, targets.kpi.unit))
    console.print(f"\nreport: {_relative(page)}", highlight=False, soft_wrap=True)
    console.print(f"the copy it played in: {_relative(theatre.root)}", highlight=False)
    console.print("next: make train AS_OF=2013-04-01, make gate, make promote TO=dev, make help")


def _relative(path: Path) -> str:
    return str(path.relative_to(settings().project_root))
