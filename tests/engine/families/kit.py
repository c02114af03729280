"""Made-up rows for a family, and a checkpoint that interrupts its fit."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from slipway.families import Resumable, TrainingRows

LOSSES = ("log_loss", "squared_error", "multiclass_log_loss")
NEVER = 1_000_000  # states


class InterruptedFitError(Exception):
    """Stands for the end of a process."""


class Kept:
    """Holds the last state, and interrupts the fit after some of them."""

    def __init__(self, state: bytes = b"", after: int = NEVER) -> None:
        self.state, self.left, self.due = state, after, True
        self.told: dict[int, str] = {}

    def keep(self, state: bytes) -> None:
        self.state = state
        self.left -= 1
        if not self.left:
            raise InterruptedFitError

    def tell(self, number: int, figures: Mapping[str, float], words: str) -> None:
        assert figures
        self.told[number] = words


def rows(loss: str, count: int = 3000) -> TrainingRows:
    """Return rows of six features with gaps, and an outcome that three of them say."""
    generator = np.random.default_rng(4)
    features = generator.normal(size=(count, 6)).astype(np.float32)
    features[generator.random(features.shape) < 0.05] = np.nan
    score = np.nan_to_num(features[:, 0] + features[:, 1] * features[:, 2])
    labels = score if loss == "squared_error" else np.digitize(score, [0.0])
    classes = 3 if loss == "multiclass_log_loss" else 0
    if classes:
        labels = np.digitize(score, [-0.7, 0.7])
    return TrainingRows(features, tuple("abcdef"), labels, loss, classes)


def interrupted(family: Resumable, data: TrainingRows, place: Path, *after: int) -> bytes:
    """Return the model of a fit that was interrupted after so many states, and again."""
    state = b""
    for states in after:
        kept = Kept(state, states)
        with pytest.raises(InterruptedFitError):
            family.resume(data, place, kept)
        state = kept.state
    family.resume(data, place, Kept(state))
    return family.export(data, place)


def whole(family: Resumable, data: TrainingRows, place: Path) -> bytes:
    """Return the model of a fit that nothing interrupts."""
    family.fit(data, place)
    return family.export(data, place)


def taught_again(family: Resumable, data: TrainingRows, place: Path) -> bool:
    """Tell whether a fit that ended, and was then started again, learns more or another model."""
    first = Kept()
    family.resume(data, place, first)
    model = family.export(data, place)
    second = Kept(first.state)
    family.resume(data, place, second)
    return second.left != NEVER or family.export(data, place) != model


def keeps_unasked(family: Resumable, data: TrainingRows, place: Path) -> bool:
    """Tell whether a fit keeps a state that is not due."""
    kept = Kept()
    kept.due = False
    family.resume(data, place, kept)
    return kept.state != b""
