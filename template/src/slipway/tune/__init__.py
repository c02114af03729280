"""Better parameters for the family of model.py: tried on older rows, judged by the ordinary gate.

Nothing is released, and the gate's rows are never looked at.
"""

from datetime import date

from ..objectives import objectives
from ..project import model
from . import edit, table
from .folds import Fold, prepare
from .judging import judge, searchable
from .search import Search, Trial, badness
from .tracking import Log


def main(trials: int, as_of: date, commit: bool) -> None:
    """Try parameters until so many trials are done, show the best, and write them to model.py.

    Whoever is interrupted goes on where it ended. `commit` commits what was written.

    Raises:
        ProjectError: The family has no space, the data are too few, or model.py cannot be edited.
    """
    family = searchable(model())
    folds, snapshot = prepare(as_of)
    now = Trial(0, dict(family.parameters), judge(family, folds))
    search = Search(family, as_of, snapshot)
    print(table.now(now, objectives().quality_metric, folds), flush=True)
    _try(search, folds, trials)
    best = search.best()
    print(table.best(now, search.trials, family.space, objectives().quality_metric))
    if best is None or not (better(best, now) or _says(now, best)):
        print("No trial was better than model.py on these rows: it stays as it is.")
        return
    edit.write(best, commit)


def better(trial: Trial, other: Trial) -> bool:
    """Tell whether a trial's mean quality is better than another's."""
    return badness(trial) < badness(other)


def _says(now: Trial, trial: Trial) -> bool:
    """Tell whether model.py holds the parameters of a trial already, perhaps not committed."""
    return trial.parameters.items() <= now.parameters.items()


def _try(search: Search, folds: list[Fold], trials: int) -> None:
    """Go on until the search has so many trials, and log each."""
    log = Log(search.name)
    for trial in search.trials:  # of an earlier run, which may have ended before it logged them
        log.add(trial)
    while len(search.trials) < trials:
        trial = search.step(folds)
        log.add(trial)
        print(table.trial(trial, trials, objectives().quality_metric), flush=True)
