"""What a search tells: a line a trial, and a table of the best."""

from collections.abc import Iterable

from ..families import Parameters
from ..families.space import Space
from ..tasks import Metric
from .folds import Fold
from .trials import Trial, badness

SHOWN = 5


def now(trial: Trial, metric: Metric, folds: list[Fold]) -> str:
    """Return what the parameters of model.py reach."""
    rows = ", ".join(f"{len(fold.labels):,}" for fold in folds)
    return f"model.py reaches {_quality(trial, metric)}, judged on {rows} rows"


def trial(trial: Trial, trials: int, metric: Metric) -> str:
    """Return one line about a trial."""
    return f"trial {trial.number} of {trials}  {result(trial, metric)}"


def result(trial: Trial, metric: Metric) -> str:
    """Return what came of a trial."""
    return _quality(trial, metric) if trial.folds else f"cannot be fitted: {trial.reason}"


def best(now: Trial, trials: Iterable[Trial], space: Space, metric: Metric) -> str:
    """Return the best trials below what is now, a column a parameter."""
    fitted = [trial for trial in trials if trial.folds]
    ranked = sorted(fitted, key=badness)[:SHOWN]
    head = ["", metric.title, "lowest", "highest", *space]
    rows = [head, _row("now", now, space, metric)]
    rows += [_row(f"trial {trial.number}", trial, space, metric) for trial in ranked]
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    lines = [
        "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    return "\n".join(["", *lines, ""])


def _row(name: str, trial: Trial, space: Space, metric: Metric) -> list[str]:
    figures = (trial.quality, min(trial.folds), max(trial.folds))
    parameters = [_value(trial.parameters, name) for name in space]
    return [name, *(metric.show(figure) for figure in figures), *parameters]


def _value(parameters: Parameters, name: str) -> str:
    return str(parameters.get(name, "default"))


def _quality(trial: Trial, metric: Metric) -> str:
    folds = " ".join(metric.show(value) for value in trial.folds)
    return f"{metric.title} {metric.show(trial.quality)} ({folds})"
