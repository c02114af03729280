"""The gate: a candidate must be good enough, and beat the champion on the same newest rows."""

from .models import measured, measured_champion
from .report import judge
from .run import holdout, main

__all__ = ["holdout", "judge", "main", "measured", "measured_champion"]
