"""The search: which parameters are tried next, and what came of those before.

What is tried next depends on the number of the trial and on the trials that have ended alone. One
after the other, the same rows give the same trials, in one go or in several; side by side, trials
do not wait for each other.
Sampler: Bergstra, Bardenet, Bengio and Kegl, "Algorithms for hyper-parameter optimization" (2011).
"""

import hashlib
from collections.abc import Iterable
from datetime import date
from typing import Any

import msgspec

from .. import project
from ..errors import ProjectError
from ..families import Tunable
from ..families.space import Choice, Range, Space, Value
from ..objectives import objectives
from .folds import Fold
from .judging import judge
from .tracking import Record
from .trials import Trial, badness

DIGITS = 4  # of a number that is tried: it is written down as it was tried


class Search:
    """The search for one family on one snapshot, by the quality of the project."""

    def __init__(self, family: Tunable, as_of: date, snapshot: str) -> None:
        self.family = family
        self.record = Record(f"{as_of}-{_identity(family, snapshot)}")

    def begin(self, folds: list[Fold], run: str = "") -> Trial:
        """Judge the parameters of model.py, with which trials are compared, and record that.

        `run` is the id of the run of a pipeline that asks.

        Raises:
            ProjectError: The family cannot be fitted on the rows, or MLflow fails.
        """
        now = Trial(0, dict(self.family.parameters), judge(self.family, folds))
        self.record.begin(now, run)
        return now

    def missing(self, trials: int) -> list[int]:
        """Return the numbers of the trials that have not ended, of so many."""
        return [number for number in range(1, trials + 1) if number not in self.record.trials]

    def attempt(self, number: int, folds: list[Fold]) -> Trial:
        """Try the parameters of a number; what cannot be fitted is a trial as well.

        Raises:
            ProjectError: MLflow fails.
        """
        parameters = propose(self.family.space, self.record.trials.values(), number)
        try:
            trial = Trial(number, parameters, judge(self.family.tuned(parameters), folds))
        except ProjectError as error:
            trial = Trial(number, parameters, [], str(error))
        self.record.add(trial)
        return trial


def propose(space: Space, trials: Iterable[Trial], number: int) -> dict[str, Value]:
    """Return the parameters of trial `number`, after these trials."""
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    distributions = {name: _distribution(values) for name, values in space.items()}
    study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=number - 1))
    states = optuna.trial.TrialState
    for trial in sorted(trials, key=lambda trial: trial.number):
        study.add_trial(
            optuna.trial.create_trial(
                params=trial.parameters,
                distributions=distributions,
                value=badness(trial) if trial.folds else None,
                state=states.COMPLETE if trial.folds else states.PRUNED,
            )
        )
    asked = study.ask(distributions)
    return {name: _rounded(asked.params[name], values) for name, values in space.items()}


def _distribution(values: Range | Choice) -> Any:
    from optuna import distributions

    if isinstance(values, Choice):
        return distributions.CategoricalDistribution(values.values)
    if values.whole:
        return distributions.IntDistribution(int(values.low), int(values.high), log=values.log)
    return distributions.FloatDistribution(values.low, values.high, log=values.log)


def _rounded(value: Value, values: Range | Choice) -> Value:
    if isinstance(values, Choice) or not isinstance(value, float):
        return value
    return min(max(float(f"{value:.{DIGITS}g}"), values.low), values.high)


def _identity(family: Tunable, snapshot: str) -> str:
    """Return a digest of all that makes trials comparable; tuned parameters may change."""
    fixed = {key: value for key, value in family.parameters.items() if key not in family.space}
    space = {name: repr(values) for name, values in family.space.items()}
    targets = objectives()
    facts = [
        *(type(family).__qualname__, snapshot, fixed, space, targets.told_task, targets.quality),
        list(project.features().FEATURES),
    ]
    return hashlib.sha256(msgspec.json.encode(facts, order="deterministic")).hexdigest()[:8]
