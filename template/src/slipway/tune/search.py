"""The search: which parameters are tried next, and what came of those before.

It is kept in a file below var/, so that whoever was interrupted goes on. The same rows give the
same trials, in one go or in several: what is tried next depends on the trials before alone.
Sampler: Bergstra, Bardenet, Bengio and Kegl, "Algorithms for hyper-parameter optimization" (2011).
"""

import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from .. import project
from ..bundle import open_session, run
from ..errors import ProjectError
from ..evaluate import figures
from ..families import Family, Parameters, Tunable
from ..families.space import Choice, Range, Value, check
from ..objectives import objectives
from ..settings import settings
from .folds import Fold

if TYPE_CHECKING:
    import optuna

DIGITS = 4  # of a number that is tried: it is written as it was tried
FOLDS, REASON = "folds", "reason"  # of a trial in the file


class Trial(NamedTuple):
    """Parameters and the quality on each fold; none where they could not be fitted."""

    number: int | None
    parameters: Parameters
    folds: list[float]
    reason: str = ""

    @property
    def quality(self) -> float:
        """The mean of the folds."""
        return sum(self.folds) / len(self.folds)


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
    return family  # type: ignore[return-value]


def judge(family: Family, folds: list[Fold]) -> list[float]:
    """Return the quality of a family on each fold.

    Raises:
        ProjectError: The family cannot be fitted on the rows.
    """
    return [_judge(family, fold) for fold in folds]


def _judge(family: Family, fold: Fold) -> float:
    with tempfile.TemporaryDirectory() as name:
        family.fit(fold.rows, Path(name))
        session = open_session(family.export(fold.rows, Path(name)))
    targets = objectives()
    predictions = targets.task.predictions(run(session, fold.features))
    return figures(fold.labels, predictions, targets)[targets.quality]


class Search:
    """The trials of one family on one snapshot, by the quality of the project."""

    def __init__(self, family: Tunable, as_of: date, snapshot: str) -> None:
        self.family = family
        self.name = f"{as_of}-{_identity(family, snapshot)}"
        self.study = _open(settings().state / "tune" / f"{self.name}.db")

    def trials(self) -> list[Trial]:
        """Return the trials that have ended, in their order."""
        with _stored():
            ended = [trial for trial in self.study.get_trials(deepcopy=False) if _counts(trial)]
        return [self._trial(number, trial) for number, trial in enumerate(ended, start=1)]

    def _trial(self, number: int, trial: Any) -> Trial:
        known = trial.user_attrs
        return Trial(number, self._shown(trial.params), known.get(FOLDS, []), known.get(REASON, ""))

    def _shown(self, parameters: Parameters) -> Parameters:
        """Return the parameters as they are tried, and can be written down."""
        return {
            name: _rounded(value, self.family.space[name]) for name, value in parameters.items()
        }

    def best(self) -> Trial | None:
        """Return the trial of the best mean quality, the first of equal ones."""
        metric = objectives().quality_metric
        fitted = [trial for trial in self.trials() if trial.folds]
        return min(fitted, key=lambda trial: metric.loss(trial.quality, 0), default=None)

    def step(self, folds: list[Fold]) -> Trial:
        """Try the next parameters; what cannot be fitted is a trial as well."""
        import optuna

        with _stored():
            # Seeded by what is known, so that an interruption changes nothing.
            self.study.sampler = optuna.samplers.TPESampler(seed=len(self.trials()))
            asked = self.study.ask()
            for name, values in self.family.space.items():
                _suggest(asked, name, values)
            try:
                measured = judge(self.family.tuned(self._shown(asked.params)), folds)
                asked.set_user_attr(FOLDS, measured)
                self.study.tell(asked, sum(measured) / len(measured))
            except ProjectError as error:
                asked.set_user_attr(REASON, str(error))
                self.study.tell(asked, state=optuna.trial.TrialState.PRUNED)
        return self.trials()[-1]


def _counts(trial: Any) -> bool:
    return trial.state.name in {"COMPLETE", "PRUNED"}  # not what was interrupted


def _suggest(trial: "optuna.Trial", name: str, values: Range | Choice) -> None:
    if isinstance(values, Choice):
        trial.suggest_categorical(name, values.values)
    elif values.whole:
        trial.suggest_int(name, int(values.low), int(values.high), log=values.log)
    else:
        trial.suggest_float(name, values.low, values.high, log=values.log)


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
        *(type(family).__qualname__, snapshot, fixed, space, targets.task_name, targets.quality),
        list(project.features().FEATURES),
    ]
    return hashlib.sha256(msgspec.json.encode(facts, order="deterministic")).hexdigest()[:8]


def _open(path: Path) -> "optuna.Study":
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    better = objectives().quality_metric.better
    with _stored():
        path.parent.mkdir(parents=True, exist_ok=True)
        return optuna.create_study(
            storage=f"sqlite:///{path}",
            study_name="search",
            direction="minimize" if better == "lower" else "maximize",
            load_if_exists=True,
        )


@contextmanager
def _stored() -> Iterator[None]:
    """Tell in one sentence what keeps the trials from being kept."""
    from optuna.exceptions import OptunaError
    from sqlalchemy.exc import SQLAlchemyError

    try:
        yield
    except (OptunaError, SQLAlchemyError, OSError) as error:
        place = settings().state / "tune"
        reason = str(error).strip().partition("\n")[0].rstrip(".")
        raise ProjectError(
            f"The trials in {place} cannot be read or kept ({reason}): free space, or remove that "
            "directory to begin again."
        ) from None
