"""Fold captures and labels into a summary a day, each day once and again when it has changed.

What is in memory at a time is some part of a day, and the labels of one or of a few small days.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property

import polars as pl
from obstore.store import ObjectStore

from .. import project, store
from ..contract.captured import Answerer
from ..contract.manifest import Manifest
from ..objectives import Objectives
from ..schema import key_name
from ..training_data import labels
from . import captures, state
from .captures import Day
from .models import Models
from .state import DayState
from .summary import Summary, summarise

PART_BYTES = 12 * 2**20  # of captures that are folded at once: about 350,000 rows
SPAN_BYTES = 4 * 2**20  # of the captures whose labels are read at once, or those of a day


@dataclass(frozen=True)
class Folder:
    """Folds what is captured at `captured`, and keeps what it knows at `kept`."""

    captured: str
    kept: str
    models: Models
    targets: Objectives

    def month(self, days: list[Day], as_of: date) -> Iterator[DayState]:
        """Return the state of each of `days`, with the labels known on `as_of`.

        Raises:
            ProjectError: A store fails, or labels have a column too few or of another type; what
                is kept of the days before stays.
        """
        for span in spans(days):
            yield from self._span(span, as_of)

    def _span(self, days: list[Day], as_of: date) -> Iterator[DayState]:
        """Return the same of days whose labels are read together, which are gone before others."""
        start, end = days[0].date, days[-1].date + timedelta(days=1)
        told = Labels(labels.latest(project.source().read_labels(start, end, as_of)))
        for day in days:
            yield self._day(day, told)

    def _day(self, day: Day, told: "Labels") -> DayState:
        """Return what is kept of a day if nothing has changed since, or fold it again."""
        basis = f"{state.FORMAT} {self.targets.task!r} {self.targets.gate.group}"
        made_of = basis, day.digest, told.digest
        with store.opened(self.kept) as kept:
            before = state.load(kept, day.date)
        if before and (before.basis, before.objects, before.labels) == made_of:
            return before
        with store.opened(self.captured) as opened:
            summaries, unreadable = self._fold(opened, day, told.checked)
        folded = DayState(*made_of, unreadable, summaries)
        if all(summary.predictions for summary in summaries):  # else a model may be known later
            with store.opened(self.kept) as kept:
                state.save(kept, day.date, folded)
        return folded

    def _fold(
        self, opened: ObjectStore, day: Day, known: labels.Outcomes
    ) -> tuple[list[Summary], int]:
        """Return a summary of each model that answered, and how much cannot be read."""
        parts = max(1, -(-day.bytes // PART_BYTES))
        summaries: dict[Answerer, Summary] = {}
        unreadable = 0  # predictions
        for number in range(parts):
            part = self._part(opened, day, number, parts)
            for answerer in [*part.known]:  # taken out: no rows are in memory beside the next part
                summary, lost = self._summary(answerer, *part.known.pop(answerer), known)
                unreadable += lost
                before = summaries.get(answerer)
                summaries[answerer] = summary if before is None else before + summary
        unknown = [Summary(*answerer, answered=rows) for answerer, rows in part.unknown.items()]
        return [*summaries.values(), *unknown], unreadable + part.unreadable

    def _summary(
        self,
        answerer: Answerer,
        manifest: Manifest,
        tables: list[pl.DataFrame],
        known: labels.Outcomes,
    ) -> tuple[Summary, int]:
        """Return the summary of a model's rows, and how many hold no finite prediction."""
        table, key = pl.concat(tables), key_name(manifest.inputs)
        rows = captures.finite(table)
        summary = summarise(answerer, rows, known, key, manifest.baseline, self.targets)
        return summary, len(table) - len(rows)

    def _part(self, opened: ObjectStore, day: Day, number: int, parts: int) -> "Part":
        """Return the rows of one of `parts` of the keys, whatever the objects they are in."""
        part = Part(number, parts)
        for content in captures.contents(opened, list(day.objects)):
            try:
                part.add(captures.read(content), self.models)
            except captures.FAILURES:
                part.unreadable += 1
        for table in day.lines:
            part.add(table, self.models)
        return part


@dataclass
class Labels:
    """What a source tells of a few days, one label a key; checked if one of them is folded."""

    told: pl.DataFrame

    @cached_property
    def digest(self) -> str:
        """Name the labels, in whatever order they come."""
        return f"{len(self.told)} {int(self.told.hash_rows().to_numpy().sum())}"

    @cached_property
    def checked(self) -> labels.Outcomes:
        """The labels that fit schema and task, and those that do not: no watch stops for these."""
        return labels.split(self.told)


@dataclass
class Part:
    """One of `parts` of a day, by the keys of the rows; the same are in one, so none is twice."""

    number: int
    parts: int
    known: dict[Answerer, tuple[Manifest, list[pl.DataFrame]]] = field(default_factory=dict)
    unknown: Counter[Answerer] = field(default_factory=Counter)  # rows, of all parts
    unreadable: int = 0  # objects, of all parts

    def add(self, rows: pl.DataFrame, models: Models) -> None:
        """Take those rows of an object that belong to this part.

        Raises:
            PolarsError: They are none that a server has captured.
        """
        for said, answered in captures.by_answerer(rows).items():
            answerer, manifest = models.known(said)
            if manifest is None:
                self.unknown[answerer] += len(answered)
                continue
            table = captures.typed(answered, manifest.inputs)
            mine = pl.col(key_name(manifest.inputs)).hash() % self.parts == self.number
            _, tables = self.known.setdefault(answerer, (manifest, []))
            if tables and tables[0].schema != table.schema:
                raise pl.exceptions.SchemaError("predictions of another form")
            tables.append(table if self.parts == 1 else table.filter(mine))


def spans(days: list[Day]) -> list[list[Day]]:
    """Return runs of days whose labels are read together, each of which is little or one day."""
    runs: list[list[Day]] = []
    size = 0
    for day in days:
        size += day.bytes
        if not runs or size > SPAN_BYTES:
            runs.append([])
            size = day.bytes
        runs[-1].append(day)
    return runs
