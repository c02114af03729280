"""How good a family is on folds, and whether it can be tuned."""

import tempfile
from pathlib import Path
from typing import cast

from ..bundle import open_session, run
from ..errors import ProjectError
from ..evaluate import figures
from ..families import Family, Tunable
from ..families.space import check
from ..objectives import objectives
from .folds import Fold


def searchable(family: Family) -> Tunable:
    """Return a family that can be tuned.

    Raises:
        ProjectError: It has no space, or one without values.
    """
    space = getattr(family, "space", None)
    if not space or not hasattr(family, "tuned"):
        raise ProjectError(
            f"{type(family).__name__} in model.py has no space to search: give it `space`, the "
            "values to try by parameter, and `tuned(parameters)`, as families.Tunable says."
        )
    check(space)
    return cast("Tunable", family)


def judge(family: Family, folds: list[Fold]) -> list[float]:
    """Return the quality of a family on each fold.

    What the task decides by is learned of the rows that judge: a trial is told apart by its model.

    Raises:
        ProjectError: The family cannot be fitted on the rows.
    """
    return [_judge(family, fold) for fold in folds]


def _judge(family: Family, fold: Fold) -> float:
    with tempfile.TemporaryDirectory() as name:
        family.fit(fold.rows, Path(name))
        session = open_session(family.export(fold.rows, Path(name)))
    targets = objectives()
    raw = run(session, fold.features)
    decision = targets.task.calibrate(fold.labels, raw, targets.kpi)
    predictions = targets.task.predictions(raw, decision)
    return figures(fold.labels, predictions, targets)[targets.quality]
