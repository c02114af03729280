"""The steps of the pipeline: each a plain function that runs in a pod of its own.

In a pod, Kubeflow's package can neither compile nor be asked, so nothing here may import what does.
"""

from datetime import date
from pathlib import Path

from .. import logs
from ..objectives import objectives
from ..project import model
from . import table
from .folds import Fold, of_rows
from .judging import searchable
from .search import Search


@logs.step
def begin(as_of: date, rows: Path, trials: int, run: str) -> list[int]:
    """Judge the parameters of model.py, and return the numbers of the trials that are missing.

    Raises:
        ProjectError: The data are too few, the family cannot be fitted, or MLflow fails.
    """
    search, folds = _search(as_of, rows)
    print(f"-> {table.now(search.begin(folds, run), objectives().quality_metric, folds)}")
    return search.missing(trials)


def attempt(as_of: date, rows: Path, number: int) -> None:
    """Try the parameters of one number, unless an earlier attempt at it has ended.

    Raises:
        ProjectError: The data are too few, or MLflow fails.
    """
    search, folds = _search(as_of, rows)
    if number in search.missing(number):
        trial = search.attempt(number, folds)
        print(f"-> {table.result(trial, objectives().quality_metric)}")


def _search(as_of: date, rows: Path) -> tuple[Search, list[Fold]]:
    folds, snapshot = of_rows(rows)
    return Search(searchable(model()), as_of, snapshot), folds
