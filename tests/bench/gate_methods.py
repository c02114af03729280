"""Which interval keeps its promise with few days: the choice behind the gate's.

`make bench-gate` prints, for equal models, how often the lower bound of the gain
lies above the truth, by method and number of days.
"""

import argparse

import numpy as np
from scipy.special import ndtr, ndtri, stdtrit

from slipway import confidence
from slipway.features import Array

from . import gate

PROMISED = 0.05
METHODS = ("quantiles of the draws", "BCa", "Student's t", "Student's t, jackknife")


def main() -> None:
    """Print a line for each number of days."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gates", type=int, default=2000)
    number = parser.parse_args().gates
    print(f"{number:,} gates a line, promised {PROMISED:.1%}\n\n| days |", " | ".join(METHODS), "|")
    print("|---|" + "---|" * len(METHODS))
    for days in (5, 7, 14, 28):
        gains, drawn, without = simulated(days, number)
        lower = (
            np.quantile(drawn, PROMISED, axis=1),
            bca(gains, drawn, without),
            gains - reach(days) * np.sqrt(days / (days - 1)) * drawn.std(axis=1),
            gains - reach(days) * np.sqrt(days - 1) * without.std(axis=1),
        )
        print(f"| {days} |", " | ".join(f"{np.mean(bound > 0):.1%}" for bound in lower), "|")


def simulated(days: int, number: int) -> tuple[Array, Array, Array]:
    """Return of each gate the gain, the gains of the draws, and those without one of the days."""
    generator = np.random.default_rng(9)
    world = gate.World(days, gate.OWN)
    times = (np.ones((1, days)), confidence.draws(days).astype(np.float64), 1 - np.eye(days))
    parts: list[list[Array]] = [[], [], []]
    for _ in range(0, number, gate.AT_ONCE):
        new, old = (gate.ordered(scores) for scores in gate.simulate(generator, world))
        for part, counts in zip(parts, times, strict=True):
            part.append(gate.area(counts, *new) - gate.area(counts, *old))
    gains, drawn, without = (np.concatenate(part) for part in parts)
    return gains[:, 0], drawn, without


def reach(days: int) -> float:
    """Return Student's t for the promise."""
    return float(stdtrit(days - 1, 1 - PROMISED))


def bca(gains: Array, drawn: Array, without: Array) -> Array:
    """Return the lower bounds of Efron, "Better bootstrap confidence intervals" (1987)."""
    below = np.clip((drawn < gains[:, None]).mean(axis=1), 0.001, 0.999)
    bias = ndtri(below)
    gaps = without.mean(axis=1, keepdims=True) - without
    skew = (gaps**3).sum(axis=1) / (6 * (gaps**2).sum(axis=1) ** 1.5)
    normal = bias + ndtri(PROMISED)
    place = ndtr(bias + normal / (1 - skew * normal)) * drawn.shape[1]
    chosen = np.clip(place.astype(int), 0, drawn.shape[1] - 1)
    return np.asarray(np.take_along_axis(np.sort(drawn, axis=1), chosen[:, None], axis=1)[:, 0])


if __name__ == "__main__":
    main()
