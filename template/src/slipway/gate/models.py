"""What the gate knows of a model: its predictions for the newest rows, and how good they are."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .. import bundle, confidence, tasks
from ..bundle import Model
from ..confidence import Tally
from ..contract.gate import Judged
from ..contract.manifest import Manifest
from ..evaluate import measure
from ..features import Array, Columns
from ..objectives import objectives
from ..schema import LABEL, time_name

ALL = slice(None)


@dataclass(frozen=True)
class Measured:
    """A model on the gate's rows (n,); `predictions` is None where it cannot answer them."""

    judged: Judged
    manifest: Manifest
    predictions: Array | None

    @property
    def values(self) -> dict[str, float]:
        """Its figures by the name of the metric."""
        return self.judged.metrics.values

    @property
    def groups(self) -> dict[str, float]:
        """Its quality by group."""
        return self.judged.metrics.groups

    def by_day(self, rows: Columns, chosen: Array | slice = ALL) -> list[Tally]:
        """Return the tally of each day of the `chosen` rows; none where it cannot answer them."""
        if self.predictions is None:
            return []
        times = rows[time_name(self.manifest.inputs)][chosen]
        task = objectives().task
        return confidence.by_day(task, rows[LABEL][chosen], self.predictions[chosen], times)

    def newer(self, other: "Measured") -> bool:
        """Tell whether it was trained on rows of later days; the dates are ISO 8601."""
        return self.manifest.training.end > other.manifest.training.end


def measured(model: Model, rows: Columns) -> Measured:
    """Let a model answer labelled rows (n,), and measure it."""
    predictions = model.predict(rows)
    metrics = measure(rows, predictions, objectives())
    days = np.unique(rows[time_name(model.manifest.inputs)].astype("datetime64[D]")).tolist()
    trained = model.manifest.training.days_among(days)
    judged = Judged(model.model_digest, model.manifest_digest, metrics, trained)
    return Measured(judged, model.manifest, predictions)


def measured_champion(directory: Path, rows: Columns) -> Measured | None:
    """Measure the champion on the rows (n,) of the challenger; None if it predicts something else.

    One with other features than this code computes cannot answer: the figures of its own holdout
    stand for it, or no new feature could ever be released.
    """
    manifest, manifest_digest, _ = bundle.verify(directory)
    if not tasks.predicts(manifest.task, objectives().task):
        return None
    if not bundle.same_features(manifest):
        judged = Judged(manifest.model.sha256, manifest_digest, manifest.metrics)
        return Measured(judged, manifest, None)
    return measured(bundle.load(directory), rows)
