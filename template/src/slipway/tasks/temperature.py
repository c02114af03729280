"""One number that makes probabilities as sure as they should be."""

import numpy as np

from .interface import Array

SHARPEST, FLATTEST = 0.05, 20.0
HALVINGS = 40
SMALLEST = float(np.finfo(np.float32).tiny)


def apply(probabilities: Array, temperature: float) -> Array:
    """Return probabilities (n, k) float64 whose logits are divided by a temperature."""
    logits = np.log(np.maximum(probabilities.astype(np.float64), SMALLEST)) / temperature
    shares = np.exp(logits - logits.max(axis=1, keepdims=True))
    calibrated: Array = shares / shares.sum(axis=1, keepdims=True)
    return calibrated


def learn(probabilities: Array, numbers: Array) -> float:
    """Return the temperature of least log loss on probabilities (n, k) of classes `numbers` (n,).

    The loss is convex in 1 / temperature. Its slope, the mean expected logit minus the mean logit
    of what came true, is halved in on.
    """
    logits = np.log(np.maximum(probabilities.astype(np.float64), SMALLEST))
    true = logits[np.arange(len(numbers)), numbers].mean()
    low, high = np.log(SHARPEST), np.log(FLATTEST)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        expected = (apply(probabilities, float(np.exp(middle))) * logits).sum(axis=1).mean()
        low, high = (middle, high) if expected > true else (low, middle)
    return float(np.exp((low + high) / 2))
