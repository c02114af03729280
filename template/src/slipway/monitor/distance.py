"""Distances between two vectors of shares: one share a bin, each vector adds up to one."""

import numpy as np

from ..features import Array

SHARE_MINIMUM = 1e-4  # keeps PSI finite when a bin is empty on one side


def psi(reference: Array, current: Array) -> float:
    """Return the population stability index of two share vectors: sum (c - r) ln(c / r)."""
    reference, current = (np.maximum(share, SHARE_MINIMUM) for share in (reference, current))
    return float(np.sum((current - reference) * np.log(current / reference)))


def js(reference: Array, current: Array) -> float:
    """Return the Jensen-Shannon distance of two share vectors, base 2: 0 same, 1 disjoint."""
    middle = (reference + current) / 2
    divergence = 0.0
    for share in (reference, current):
        held = share > 0
        divergence += float(np.sum(share[held] * np.log2(share[held] / middle[held]))) / 2
    return float(np.sqrt(max(divergence, 0.0)))


def ks(reference: Array, current: Array) -> float:
    """Return the largest distance of two cumulative shares at the bin edges."""
    if not reference.sum() or not current.sum():
        return 0.0
    gap = np.cumsum(reference) / reference.sum() - np.cumsum(current) / current.sum()
    return float(np.abs(gap).max())
