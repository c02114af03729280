"""Better parameters for the family of model.py: tried on older rows, judged by the ordinary gate.

Nothing is released, and the gate's rows are never looked at.
"""

from datetime import date

from ..families.space import Space
from ..files import held
from ..objectives import objectives
from ..project import model
from ..settings import settings
from . import edit, local, table
from .judging import searchable
from .tracking import Record
from .trials import Trial, badness, best


def main(trials: int, as_of: date, commit: bool, submit: bool = False) -> None:
    """Try parameters until so many trials are done, show the best, and write them to model.py.

    Whoever is interrupted goes on where it ended. `commit` commits what was written, `submit`
    tries in the cluster of KFP_ADDRESS.

    Raises:
        ProjectError: The family has no space, the data are too few, a step in the cluster failed,
            model.py cannot be edited, or another search is at work here.
    """
    family = searchable(model())
    refusal = "Another `make tune` is at work in this checkout: wait for its end, or stop it."
    with held(settings().state / "tune.lock", refusal):
        if submit:
            from . import cluster

            record = cluster.run(as_of, trials)
        else:
            record = local.run(family, as_of, trials)
        _conclude(record, family.space, commit)


def better(trial: Trial, other: Trial) -> bool:
    """Tell whether a trial's mean quality is better than another's."""
    return badness(trial) < badness(other)


def _conclude(record: Record, space: Space, commit: bool) -> None:
    """Show the best trials, and write the best to model.py if it is better than that."""
    now, trials = record.now, record.trials.values()
    chosen = best(trials)
    print(table.best(now, trials, space, objectives().quality_metric))
    if chosen is None or not (better(chosen, now) or _says(now, chosen)):
        print("No trial was better than model.py on these rows: it stays as it is.")
        return
    edit.write(chosen, commit)


def _says(now: Trial, trial: Trial) -> bool:
    """Tell whether model.py holds the parameters of a trial already, perhaps not committed."""
    return trial.parameters.items() <= now.parameters.items()
