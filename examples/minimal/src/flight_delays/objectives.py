"""Typed access to objectives.yaml, the one place where targets and budgets are written."""

from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from .config import settings
from .errors import ProjectError


class Section(BaseModel):
    """Base of every section: unknown keys are refused, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Owner(Section):
    team: str
    contact: str


class Stakeholder(Section):
    who: str
    wants: str


class Kpi(Section):
    """What a good prediction is worth: the riskiest `capacity` share is acted on."""

    name: str
    unit: str
    saved_per_caught_event: float = Field(gt=0)
    cost_per_action: float = Field(ge=0)
    capacity: float = Field(gt=0, le=1)


class Training(Section):
    window_days: int = Field(gt=0)
    holdout_days: int = Field(gt=0)


class Gate(Section):
    metric: Literal["auc", "value_per_1000"]
    margin: float = Field(ge=0)
    auc_minimum: float = Field(gt=0.5, lt=1)
    calibration_error_maximum: float = Field(gt=0, lt=1)
    group: str
    worst_group_drop_maximum: float = Field(ge=0)
    latency_p99_ms_maximum: float = Field(gt=0)


class Compression(Section):
    auc_loss_maximum: float = Field(ge=0)
    disagreement_maximum: float = Field(ge=0, le=1)


class Monitoring(Section):
    auc_objective: float = Field(gt=0.5, lt=1)
    minimum_rows: int = Field(gt=0)
    psi_maximum: float = Field(gt=0)
    ks_maximum: float = Field(gt=0, le=1)
    js_maximum: float = Field(gt=0, le=1)
    cooldown_days: int = Field(ge=0)
    retention_days: int = Field(default=400, gt=0)


class Serving(Section):
    availability: float = Field(gt=0, lt=1)
    latency_p99_ms: float = Field(gt=0)


class Objectives(Section):
    name: str
    goal: str
    owner: Owner
    stakeholders: list[Stakeholder]
    kpi: Kpi
    training: Training
    gate: Gate
    compression: Compression
    monitoring: Monitoring
    serving: Serving


def load(path: Path) -> Objectives:
    """Read and check the objectives at `path`.

    Raises:
        ProjectError: The file is missing, is no YAML, or holds a value out of range.
    """
    try:
        return Objectives.model_validate(yaml.safe_load(path.read_text("utf-8")))
    except FileNotFoundError:
        raise ProjectError(f"{path} is missing: restore it from Git.") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        where = " ".join(str(error).split())
        raise ProjectError(f"{path} is not valid YAML, mend it: {where}.") from None
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"]) or "the document"
        raise ProjectError(f"{path}: {key}: {first['msg']}; correct the value.") from None


@cache
def objectives() -> Objectives:
    """Return this project's objectives."""
    return load(settings().project_root / "objectives.yaml")
