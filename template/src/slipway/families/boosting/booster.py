"""Fitting with LightGBM."""

from typing import TYPE_CHECKING

import numpy as np

from ...errors import ProjectError
from ...features import Array
from .. import Checkpoint, Parameters, TrainingRows
from . import rounds
from .library import import_lightgbm

if TYPE_CHECKING:
    from lightgbm import Booster

# LightGBM's names; seed, deterministic and force_row_wise give the same model every time.
PARAMETERS: Parameters = {
    "num_iterations": 100,
    "learning_rate": 0.05,
    "num_leaves": 31,
    "min_child_samples": 100,
    "seed": 7,
    "deterministic": True,
    "force_row_wise": True,
    "num_threads": 1,  # at 80,000 rows more threads only wait for each other: 5 s instead of 0.6
}


def fit(
    rows: TrainingRows,
    parameters: Parameters,
    weights: Array | None = None,
    checkpoint: Checkpoint | None = None,
) -> "Booster":
    """Fit a booster on features (n, k) float32; its thresholds are float32 too.

    With a checkpoint it goes on with the booster that is there, and keeps it round by round.

    Raises:
        ProjectError: LightGBM refuses the parameters.
    """
    lightgbm = import_lightgbm()
    names = list(rows.names)
    data = lightgbm.Dataset(rows.features, rows.labels, weight=weights, feature_name=names)
    classes = {"num_class": rows.classes} if rows.classes else {}
    settings = {**parameters, **classes, "verbosity": -1}
    try:
        booster = rounds.train(data, settings, checkpoint)
    except lightgbm.basic.LightGBMError as error:
        reason = str(error).partition(" at /")[0].strip()  # where it says so in LightGBM's source
        raise ProjectError(
            f"LightGBM refuses the parameters, correct them in model.py: {reason}."
        ) from None
    return load(_float32_thresholds(booster.model_to_string()))


def load(text: str) -> "Booster":
    """Read a booster from LightGBM's text format."""
    return import_lightgbm().Booster(model_str=text)


def _float32_thresholds(text: str) -> str:
    """Round every threshold down to float32, the type of ONNX trees and of the features.

    For a float32 feature x, x <= t and x <= floor32(t) are the same, so no answer changes.
    """
    lines = [_round_down(line) for line in text.splitlines() if not line.startswith("tree_sizes=")]
    return "\n".join(lines) + "\n"


def _round_down(line: str) -> str:
    if not line.startswith("threshold="):
        return line
    exact = np.array(line.removeprefix("threshold=").split(), dtype=np.float64)
    rounded = exact.astype(np.float32)
    above = rounded > exact
    rounded[above] = np.nextafter(rounded[above], np.float32(-np.inf))
    return "threshold=" + " ".join(repr(float(value)) for value in rounded)


def has_branches(booster: "Booster") -> bool:
    """Tell whether any tree asks a question; one that does not gives every row the same answer."""
    return bool(booster.feature_importance().any())


def predict(booster: "Booster", features: Array) -> Array:
    """Return the booster's own predictions float64, the reference for the export.

    They are (n,), and (n, m) of m classes.
    """
    return np.asarray(booster.predict(features, num_threads=1))
