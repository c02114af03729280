"""Typed access to objectives.yaml, the one place where targets and budgets are written."""

from functools import cache, cached_property
from pathlib import Path
from typing import Any

import yaml
from pydantic import Field, ValidationError, create_model

from . import tasks
from .errors import ProjectError
from .section import Section
from .settings import settings


class Owner(Section):
    team: str
    contact: str


class Stakeholder(Section):
    who: str
    wants: str


class Training(Section):
    window_days: int = Field(gt=0)
    holdout_days: int = Field(gt=0)


class Gate(Section):
    """`minimum` and `maximum` are limits by the name of a metric; no `group`, none compared.

    `margin` is the smallest difference that matters. `confidence` is how sure the gate has to be,
    and the monitor that asks for a training. With `newer` a challenger passes that is not worse by
    the margin, but knows later days.
    """

    metric: str
    margin: float = Field(ge=0)
    confidence: float = Field(default=0.8, gt=0.5, lt=1)
    newer: bool = False
    minimum: dict[str, float] = Field(default_factory=dict)
    maximum: dict[str, float] = Field(default_factory=dict)
    group: str = ""
    group_loss_maximum: float = Field(default=0, ge=0)
    latency_p99_ms_maximum: float = Field(gt=0)


class Compression(Section):
    quality_loss_maximum: float = Field(ge=0)
    disagreement_maximum: float = Field(ge=0)


class Monitoring(Section):
    """`data_age_days_maximum` is that of the newest day that the released model was trained on.

    Both ages have no limit where there is none.
    """

    quality_objective: float
    minimum_rows: int = Field(gt=0)
    psi_maximum: float = Field(gt=0)
    ks_maximum: float = Field(gt=0, le=1)
    js_maximum: float = Field(gt=0, le=1)
    model_age_days_maximum: int | None = Field(default=None, gt=0)
    data_age_days_maximum: int | None = Field(default=None, gt=0)
    cooldown_days: int = Field(ge=0)
    retention_days: int = Field(default=400, gt=0)


class Serving(Section):
    availability: float = Field(gt=0, lt=1)
    latency_p99_ms: float = Field(gt=0)


class Objectives(Section):
    """`quality` names the metric that compression, groups and monitor look at.

    `told_task` is what the file says under `task`, see tasks.find. `limits` are the owner's
    sentences on what the model is not meant for; the model card has them.
    """

    goal: str
    limits: list[str] = Field(default_factory=list)
    owner: Owner
    stakeholders: list[Stakeholder]
    told_task: str | dict[str, Any] = Field(alias="task")
    quality: str
    kpi: tasks.Kpi
    training: Training
    gate: Gate
    compression: Compression
    monitoring: Monitoring
    serving: Serving

    @cached_property
    def task(self) -> tasks.Task:
        """What kind of prediction it is."""
        return tasks.find(self.told_task)

    @property
    def quality_metric(self) -> tasks.Metric:
        """The metric that `quality` names."""
        return tasks.metric(self.task, self.quality)


def load(path: Path) -> Objectives:
    """Read and check the objectives at `path`.

    Raises:
        ProjectError: The file is missing, is no YAML, or holds a value that is not allowed; the
            sentence names the file and the key.
    """
    try:
        document = yaml.safe_load(path.read_text("utf-8"))
        targets = _model(document).model_validate(document)
        if wrong := targets.task.wrong_kpi(targets.kpi):
            raise ProjectError(f"kpi: {wrong}; correct it.")
        _check_metrics(targets)
    except FileNotFoundError:
        raise ProjectError(f"{path} is missing: restore it from Git.") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        where = " ".join(str(error).split())
        raise ProjectError(f"{path} is not valid YAML, mend it: {where}.") from None
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"]) or "the document"
        raise ProjectError(f"{path}: {key}: {first['msg']}; correct the value.") from None
    except ProjectError as error:
        raise ProjectError(f"{path}: {error}") from None
    return targets


def _model(document: Any) -> type[Objectives]:
    """Return the type of a document: what its KPI is made of depends on its task."""
    if not isinstance(document, dict) or "task" not in document:
        return Objectives
    try:
        kpi = tasks.find(document["task"]).kpi
    except ProjectError as error:
        raise ProjectError(f"task: {error}") from None
    return create_model("Objectives", __base__=Objectives, kpi=(kpi, ...))


def _check_metrics(targets: Objectives) -> None:
    """Look whether every metric that is named is one of the task's, and can be compared."""
    gate = targets.gate
    compared = {"quality": targets.quality, "gate.metric": gate.metric}
    limits = {f"gate.minimum.{name}": name for name in gate.minimum}
    limits |= {f"gate.maximum.{name}": name for name in gate.maximum}
    for key, name in (compared | limits).items():
        try:
            metric = tasks.metric(targets.task, name)
        except ProjectError as error:
            raise ProjectError(f"{key}: {error}") from None
        if key in compared and not metric.better:
            raise ProjectError(
                f"{key}: models cannot be compared by {name!r}, of which no value is better than "
                "another: take another metric."
            )


@cache
def objectives() -> Objectives:
    """Return this project's objectives."""
    return load(settings().project_root / "objectives.yaml")
