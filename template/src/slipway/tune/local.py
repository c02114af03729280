"""Search on this machine, one trial after the other."""

from datetime import date

from ..families import Tunable
from ..objectives import objectives
from . import table
from .folds import prepare
from .search import Search
from .tracking import Record


def run(family: Tunable, as_of: date, trials: int) -> Record:
    """Go on until the search has so many trials, and tell of each.

    Raises:
        ProjectError: The data are too few, the family cannot be fitted, or MLflow fails.
    """
    folds, snapshot = prepare(as_of)
    search = Search(family, as_of, snapshot)
    metric = objectives().quality_metric
    print(table.now(search.begin(folds), metric, folds), flush=True)
    for number in search.missing(trials):
        print(table.trial(search.attempt(number, folds), trials, metric), flush=True)
    return search.record
