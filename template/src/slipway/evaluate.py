"""How good predictions are, overall and by group, by the figures of the project's task."""

from collections.abc import Collection

import numpy as np

from .contract.metrics import Metrics
from .errors import ProjectError
from .features import Array, Columns, rows_not_finite, texts
from .objectives import Objectives
from .schema import LABEL

NO_GROUP = "missing"  # rows whose group is null are a group of their own


def measure(rows: Columns, predictions: Array, targets: Objectives) -> Metrics:
    """Compare predictions with the labels of rows, (n,) each, overall and by the gate's group.

    Raises:
        ProjectError: These labels cannot judge a model, or the group is no column.
    """
    task, labels, groups = targets.task, rows[LABEL], rows_by_group(rows, targets)
    if reason := task.unjudged(task.outcomes(labels)):
        raise ProjectError(f"{reason[0].upper()}{reason[1:]}.")
    return Metrics(
        rows=len(labels),
        values=figures(labels, predictions, targets),
        groups={
            name: figures(labels[chosen], predictions[chosen], targets)[targets.quality]
            for name, chosen in groups.items()
            if not task.unjudged(task.outcomes(labels[chosen]))
        },
    )


def figures(labels: Array, predictions: Array, targets: Objectives) -> dict[str, float]:
    """Return the task's figures on rows (n,) that can be judged.

    Raises:
        ProjectError: A prediction is no finite number.
    """
    if wrong := rows_not_finite(predictions):
        raise ProjectError(
            f"The model answers {wrong:,} of {len(predictions):,} rows with what is no finite "
            "number: look at the features of these rows, and at the family in model.py."
        )
    return targets.task.figures(targets.task.tally(labels, predictions), targets.kpi)


def rows_by_group(rows: Columns, targets: Objectives) -> dict[str, Array]:
    """Return which of the rows (n,) are of each group; nothing when no groups are compared.

    Raises:
        ProjectError: The group is no column.
    """
    column = group_column(rows.keys(), targets)
    if not column:
        return {}
    names = texts(rows[column])
    nulls = name_of_nulls(names)
    found: dict[str, list[int]] = {}
    for row, group in enumerate(names):
        found.setdefault(nulls if group is None else group, []).append(row)
    return {group: np.array(found[group]) for group in sorted(found)}


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
