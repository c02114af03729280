"""What a model predicts, one module a kind: the rest of the engine never asks which task it is.

`task` in objectives.yaml is the name of a module here, or the import path of one of the project's
own, such as `shop.counting`; where the task has settings, it is a mapping of `name` and these. The
module defines TASK, a Section whose fields are the settings.
"""

import importlib
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from ..errors import ProjectError
from .figure import Metric
from .interface import OUTCOMES, VALUE, Array, Kpi, Output, Task

__all__ = [
    "OUTCOMES",
    "VALUE",
    "Array",
    "Kpi",
    "Metric",
    "Output",
    "Task",
    "find",
    "metric",
    "predicts",
]


def find(told: str | Mapping[str, Any]) -> Task:
    """Return a task by what objectives.yaml says under `task`.

    Raises:
        ProjectError: There is no such task, or a setting of it is missing or wrong.
    """
    settings = dict(told) if isinstance(told, Mapping) else {"name": told}
    kind = _kind(settings.pop("name", ""))
    try:
        task: Task = kind.model_validate(settings)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"]) or "settings"
        raise ProjectError(f"{key}: {first['msg']}; correct the value.") from None
    return task


def _kind(name: Any) -> Any:
    """Return the TASK of a module."""
    path = str(name) if "." in str(name) else f"{__name__}.{name}"
    unknown = ProjectError(
        f"There is no task {name!r}: write binary, multiclass, regression, or the module of one of "
        "your own, in objectives.yaml."
    )
    if not all(part.isidentifier() for part in path.split(".")):
        raise unknown  # `.x` is relative to nothing, and an empty part is no module
    try:
        module = importlib.import_module(path)
    except ModuleNotFoundError as error:
        if error.name and not f"{path}.".startswith(f"{error.name}."):
            raise
        raise unknown from None
    if not hasattr(module, "TASK"):
        raise ProjectError(f"The module {path} defines no TASK, so it is none.")
    return module.TASK


def predicts(told: str | Mapping[str, Any], task: Task) -> bool:
    """Tell whether a model of the task `told` can be judged by `task`: its settings may differ."""
    other = find(told)
    return (other.name, other.classes) == (task.name, task.classes)


def metric(task: Task, name: str) -> Metric:
    """Return one of a task's metrics.

    Raises:
        ProjectError: The task has no such metric.
    """
    for known in task.metrics:
        if known.name == name:
            return known
    names = ", ".join(known.name for known in task.metrics)
    raise ProjectError(f"{name!r} is no metric of the task {task.name}: choose one of {names}.")
