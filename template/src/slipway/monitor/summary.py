"""What a model answered on a day: sums and counts of fixed shapes, which add up over days."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import msgspec
import numpy as np
import polars as pl

from ..contract.baseline import Baseline
from ..contract.captured import PREDICTION, Answerer
from ..evaluate import group_column
from ..features import texts
from ..objectives import Objectives
from ..schema import LABEL
from ..training_data.columns import to_columns
from ..training_data.labels import Outcomes, join_checked, said
from .baseline import count
from .captures import latest, predictions

Counts = dict[str, np.ndarray[Any, Any]]
TOLD_MAXIMUM, REST = 10, "others"


class Summary(msgspec.Struct, frozen=True):
    """The rows that one model answered: `answered` as captured, `rows` of them with other keys.

    `features` and `predictions` hold counts by bin, `tally` what the task needs of the `labelled`
    rows, `groups` the same of each group; `unusable` counts outcomes that are no label by what they
    say. All but `answered` is empty for an unknown model.
    """

    model: str
    manifest: str | None
    answered: int
    rows: int = 0
    labelled: int = 0
    features: Counts = {}
    predictions: Counts = {}
    tally: Counts = {}
    groups: dict[str | None, Counts] = {}
    unusable: dict[str, int] = {}

    @property
    def answerer(self) -> Answerer:
        """Return what answered."""
        return Answerer(self.model, self.manifest)

    def __add__(self, other: "Summary") -> "Summary":
        """Return the summary of both."""
        groups = {
            name: plus(self.groups.get(name, {}), other.groups.get(name, {}))
            for name in self.groups.keys() | other.groups.keys()
        }
        return Summary(
            self.model,
            self.manifest,
            self.answered + other.answered,
            self.rows + other.rows,
            self.labelled + other.labelled,
            plus(self.features, other.features),
            plus(self.predictions, other.predictions),
            plus(self.tally, other.tally),
            groups,
            few(Counter(self.unusable) + Counter(other.unusable)),
        )


def plus(some: Counts, others: Counts) -> Counts:
    """Return the sums of arrays by name; none is all zeros."""
    return {name: some[name] + others[name] for name in some} if some and others else some or others


def few(counts: Mapping[str, int]) -> dict[str, int]:
    """Return the most frequent of some texts, the rarer ones together: there may be many."""
    ranked = sorted(counts.items(), key=lambda item: (item[0] == REST, -item[1], item[0]))
    kept, rest = dict(ranked[:TOLD_MAXIMUM]), ranked[TOLD_MAXIMUM:]
    if rest:
        kept[REST] = kept.get(REST, 0) + sum(rows for _, rows in rest)
    return kept


def summarise(
    answerer: Answerer,
    rows: pl.DataFrame,
    labels: Outcomes,
    key: str,
    baseline: Baseline,
    targets: Objectives,
) -> Summary:
    """Return the summary of rows that a model with that baseline answered.

    Rows are joined with the labels on the column `key`.

    Raises:
        ProjectError: The gate's group is no column.
    """
    judged, group = latest(rows, key), group_column(rows.columns, targets)
    needed = sorted({key, PREDICTION, group or key})
    known = join_checked(judged.select(needed), labels.good, key)
    return Summary(
        answerer.model,
        answerer.manifest,
        answered=len(rows),
        rows=len(judged),
        labelled=len(known),
        features=count(baseline.features, _columns(judged)),
        predictions=count(baseline.predictions, targets.task.columns(predictions(judged))),
        tally=_tally(known, targets),
        groups=_groups(known, group, targets) if group else {},
        unusable=few(Counter(said(join_checked(judged.select(key), labels.bad, key)))),
    )


def _columns(rows: pl.DataFrame) -> Mapping[str, Any]:
    """Return columns as they are counted: texts need not become objects."""
    named = {column.name: column for column in rows.iter_columns() if column.dtype == pl.String}
    return named | to_columns(rows.drop(named))


def _tally(known: pl.DataFrame, targets: Objectives) -> Counts:
    if known.is_empty():
        return {}
    return targets.task.tally(to_columns(known.select(LABEL))[LABEL], predictions(known))


def _groups(known: pl.DataFrame, group: str, targets: Objectives) -> dict[str | None, Counts]:
    parts = known.partition_by(group, maintain_order=True)
    return {_text(part[group]): _tally(part, targets) for part in parts}


def _text(group: pl.Series) -> str | None:
    """Return the value that all rows of a group have, as groups are named."""
    first = group[:1].to_frame()
    return texts(to_columns(first)[group.name])[0]
