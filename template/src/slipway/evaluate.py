"""How good predictions are, overall and by group, by the figures of the project's task."""

from collections.abc import Collection

import numpy as np

from .contract.metrics import Metrics
from .errors import ProjectError
from .features import Array, Columns, texts
from .objectives import Objectives
from .schema import LABEL

NO_GROUP = "missing"  # rows whose group is null are a group of their own


def measure(rows: Columns, predictions: Array, targets: Objectives) -> Metrics:
    """Compare predictions with the labels of rows, (n,) each, overall and by the gate's group.

    Raises:
        ProjectError: These labels cannot judge a model, or the group is no column.
    """
    task, labels, groups = targets.task, rows[LABEL], _groups(rows, targets)
    if reason := task.unjudged(task.outcomes(labels)):
        raise ProjectError(f"{reason[0].upper()}{reason[1:]}.")
    return Metrics(
        rows=len(labels),
        values=figures(labels, predictions, targets),
        groups={} if groups is None else _by_group(labels, predictions, groups, targets),
    )


def figures(labels: Array, predictions: Array, targets: Objectives) -> dict[str, float]:
    """Return the task's figures on rows (n,) that can be judged.

    Raises:
        ProjectError: A prediction is no finite number.
    """
    wrong = int((~np.isfinite(predictions)).reshape(len(predictions), -1).any(axis=1).sum())
    if wrong:
        raise ProjectError(
            f"The model answers {wrong:,} of {len(predictions):,} rows with what is no finite "
            "number: look at the features of these rows, and at the family in model.py."
        )
    return targets.task.figures(targets.task.tally(labels, predictions), targets.kpi)


def _groups(rows: Columns, targets: Objectives) -> Array | None:
    """Return the group of each row, None when no groups are compared."""
    name = group_column(rows.keys(), targets)
    return rows[name] if name else None


def group_column(columns: Collection[str], targets: Objectives) -> str:
    """Return the name of the column that holds groups, nothing when none are compared.

    Raises:
        ProjectError: It is none of `columns`.
    """
    name = targets.gate.group
    if name and name not in columns:
        known = ", ".join(sorted(set(columns) - {LABEL}))
        raise ProjectError(
            f"gate.group in objectives.yaml is {name!r}, which is no column of the data: choose "
            f"one of {known}, or leave it out."
        )
    return name


def name_of_nulls(names: Collection[str | None]) -> str:
    """Return what the group of the rows without one is called; a value may be called so, too."""
    nulls = NO_GROUP
    while nulls in names:
        nulls = f"({nulls})"
    return nulls


def _by_group(
    labels: Array, predictions: Array, groups: Array, targets: Objectives
) -> dict[str, float]:
    names = texts(groups)
    nulls = name_of_nulls(names)
    rows_of: dict[str, list[int]] = {}
    for row, name in enumerate(names):
        rows_of.setdefault(nulls if name is None else name, []).append(row)
    quality = {}
    for name, rows in sorted(rows_of.items()):
        if not targets.task.unjudged(targets.task.outcomes(labels[rows])):
            quality[name] = figures(labels[rows], predictions[rows], targets)[targets.quality]
    return quality
