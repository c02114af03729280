"""The base of everything that objectives.yaml holds."""

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """One section of the file: unknown keys are refused, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True)
