"""The search: which parameters are tried next, and what came of those before.

What is tried next depends on the trials before alone, so the same rows give the same trials, in
one go or in several. They are kept in a file below var/, whole after every trial.
Sampler: Bergstra, Bardenet, Bengio and Kegl, "Algorithms for hyper-parameter optimization" (2011).
"""

import hashlib
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from .. import project
from ..errors import ProjectError
from ..families import Tunable
from ..families.space import Choice, Range, Space, Value
from ..files import write_bytes
from ..objectives import objectives
from ..settings import settings
from .folds import Fold
from .judging import judge

DIGITS = 4  # of a number that is tried: it is written down as it was tried


class Trial(msgspec.Struct, frozen=True):
    """Parameters and the quality on each fold; none, and why, where they could not be fitted.

    `number` counts from 1 on; 0 is what model.py says.
    """

    number: int
    parameters: dict[str, Value]
    folds: list[float]
    reason: str = ""

    @property
    def quality(self) -> float:
        """The mean of the folds."""
        return sum(self.folds) / len(self.folds)


class Search:
    """The trials of one family on one snapshot, by the quality of the project."""

    def __init__(self, family: Tunable, as_of: date, snapshot: str) -> None:
        self.family = family
        self.name = f"{as_of}-{_identity(family, snapshot)}"
        self.path = settings().state / "tune" / f"{self.name}.json"
        self.trials = _read(self.path)

    def step(self, folds: list[Fold]) -> Trial:
        """Try the next parameters; what cannot be fitted is a trial as well.

        Raises:
            ProjectError: The disk is full.
        """
        number = len(self.trials) + 1
        parameters = propose(self.family.space, self.trials)
        try:
            trial = Trial(number, parameters, judge(self.family.tuned(parameters), folds))
        except ProjectError as error:
            trial = Trial(number, parameters, [], str(error))
        write_bytes(self.path, msgspec.json.encode([*self.trials, trial]))
        self.trials.append(trial)
        return trial

    def best(self) -> Trial | None:
        """Return the trial of the best mean quality, the first of equal ones."""
        return min((trial for trial in self.trials if trial.folds), key=badness, default=None)


def badness(trial: Trial) -> float:
    """Return a number that is the smaller the better a trial is."""
    return objectives().quality_metric.loss(trial.quality, 0)


def propose(space: Space, trials: Sequence[Trial]) -> dict[str, Value]:
    """Return the parameters to try after these trials."""
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    distributions = {name: _distribution(values) for name, values in space.items()}
    study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=len(trials)))
    states = optuna.trial.TrialState
    for trial in trials:
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


def _read(path: Path) -> list[Trial]:
    try:
        return msgspec.json.decode(path.read_bytes(), type=list[Trial])
    except FileNotFoundError:
        return []
    except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ProjectError(
            f"{path} holds no trials ({error}): remove it, and the search begins again."
        ) from None
