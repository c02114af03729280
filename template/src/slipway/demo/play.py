"""`make demo`: months pass in fast motion, on the real data, with the project's own commands."""

from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import polars as pl
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from ..errors import ProjectError
from ..months import next_month
from ..objectives import Objectives, objectives
from ..project import project, source
from ..settings import settings
from ..training_data.quarantine import servable
from . import report, stage, traffic
from .story import Month, example, sentence, summary
from .watching import Answered, release_if_better, train, watch


def main() -> None:
    """Play every month of the source after the first training, then report.

    Raises:
        ProjectError: A step failed; the sentence says which.
    """
    console = Console()
    targets = objectives()
    copy = stage.build(settings().project_root, settings().state / stage.COPY)
    starts = month_starts(*source().available(), targets.training.window_days)
    words = TextColumn("{task.description}")
    columns = words, BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("the first model", total=len(starts) - 1)
        train(copy, starts[0], progress)
        if not release_if_better(copy, progress):
            raise ProjectError("the first model did not pass the gate; see var/demo/var/reports.")
        first = copy.state / "serving" / copy.release(project().last)["model-digest"]
        months: list[Month] = []
        waiting: list[Answered] = []  # months whose outcomes are not known yet, oldest first
        for start, end in pairwise(starts):
            progress.update(task, description=f"{start:%B %Y}")
            waiting.append(_answer(copy, start, end, progress))
            while waiting and (waiting[0].watched_on <= end or end == starts[-1]):
                months.append(watch(copy, first, waiting.pop(0), progress))
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


def _answer(copy: stage.Stage, start: date, end: date, progress: Progress) -> Answered:
    """Score a month; rows that break the schema are left out, as they are in training.

    Where its outcomes take long, a sentence says until when it waits for them.
    """
    rows, serving = servable(source().read_features(start, end)), copy.release(project().last)
    _score(copy, serving["model-name"], rows, progress)
    answered = Answered(start, end, rows, int(serving["model-version"]))
    if answered.waiting:
        progress.print(answered.waiting)
    return answered


def _score(copy: stage.Stage, model: str, rows: pl.DataFrame, progress: Progress) -> None:
    last = project().last
    log = copy.state / f"serve-{last}.log"
    with traffic.server(last, copy.root, copy.environment, log) as client:
        task = progress.add_task("  requests", total=len(rows))
        for answered in traffic.score(client, model, rows):
            progress.advance(task, answered)
        progress.remove_task(task)


def _tell(console: Console, copy: stage.Stage, months: list[Month], targets: Objectives) -> None:
    page = settings().reports / "demo.html"
    page.parent.mkdir(parents=True, exist_ok=True)
    releases = [line for line in copy.log() if line.startswith("release(")]
    report.write(page, months, releases, targets)
    if example():
        console.print(example(), style="bold", highlight=False)
    console.print(summary(months, targets))
    console.print(sentence(months, targets))
    console.print(f"\nreport: {_relative(page)}", highlight=False, soft_wrap=True)
    console.print(f"the copy it played in: {_relative(copy.root)}", highlight=False)
    first = project().first
    console.print(f"next: make train, make gate, make promote TO={first}, make help")


def _relative(path: Path) -> str:
    return str(path.relative_to(settings().project_root))
