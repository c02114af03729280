"""What the gate's verdicts are worth: simulated gates whose truth is known.

`make bench-gate` prints a table in Markdown. On each day of a simulated gate something happens to
all of its rows (a storm), and each model is off by as much for the whole day, so that days differ
by more than their rows tell. Challenger and champion are compared by the engine's own draws, bounds
and verdict. Only the AUC of a draw comes in another way, from the pairs of two days' rows that are
in order: that is exact, and makes thousands of gates cheap.
"""

import argparse
import sys
from collections import Counter
from typing import NamedTuple

import numpy as np

from slipway import confidence
from slipway.contract.interval import Interval
from slipway.features import Array
from slipway.gate.comparison import BETTER, NOT_SHOWN, NOT_WORSE, WORSE, verdict

DAYS = (7, 14, 28)
GAINS = (-0.01, 0.0, 0.005, 0.01, 0.02)
ROWS_A_DAY = 300
AT_ONCE = 100  # gates, for the memory
BINS, RANGE = 200, 6.0  # of the scores
STORM, MODEL_DAY, STEEPNESS, SHARED, OWN = 0.7, 0.15, 0.1, 0.5, 0.6  # standard deviations
WORDS = (BETTER, NOT_WORSE, NOT_SHOWN, WORSE)


class World(NamedTuple):
    """What is simulated: the challenger's own noise, and how much of a day the next one has."""

    days: int
    noise: float
    memory: float = 0.0


def main() -> None:
    """Print the table; exit with 1 when equal models are called better too often."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gates", type=int, default=2000)
    parser.add_argument("--confidence", type=float, default=0.8)
    parser.add_argument("--margin", type=float, default=0.005)
    asked = parser.parse_args()
    noises = dict(zip(GAINS, noise_of(GAINS), strict=True))
    worst = 0.0
    print(f"{asked.gates:,} gates a row, confidence {asked.confidence}, margin {asked.margin}\n")
    print("| days | true gain |", " | ".join(WORDS), "| points alone | bound above the truth |")
    print("|---|---|" + "---|" * (len(WORDS) + 2))
    for memory in (0.0, 0.5):
        for days in DAYS:
            for gain in GAINS if memory == 0 else (0.0,):
                simulated = gates(World(days, noises[gain], memory), asked.gates, asked.confidence)
                shares = judged(simulated, asked.margin, gain)
                note = ", each day half like the last" if memory else ""
                print(
                    f"| {days}{note} | {gain:+.3f} |", " | ".join(f"{s:.1%}" for s in shares), "|"
                )
                worst = max(worst, shares[0] if gain == 0 and not memory else 0)
    print(f"\nequal models called better: at most {worst:.1%}, promised {1 - asked.confidence:.1%}")
    sys.exit(worst > 1 - asked.confidence)


def gates(world: World, number: int, sure: float) -> list[tuple[float, Interval]]:
    """Return the gain that each of `number` gates sees, and its interval."""
    generator = np.random.default_rng(7)
    times = confidence.draws(world.days).astype(np.float64)
    seen: list[tuple[float, Interval]] = []
    for _ in range(0, number, AT_ONCE):
        new, old = (ordered(scores) for scores in simulate(generator, world))
        whole = area(np.ones((1, world.days)), *new) - area(np.ones((1, world.days)), *old)
        drawn = area(times, *new) - area(times, *old)
        for gain, deviation in zip(whole[:, 0].tolist(), drawn.std(axis=1).tolist(), strict=True):
            seen.append((gain, confidence.bounds(gain, deviation, world.days, sure)))
    return seen[:number]


def judged(seen: list[tuple[float, Interval]], margin: float, truth: float) -> list[float]:
    """Return shares: of each verdict, of gains above the margin, of bounds above the truth."""
    said = Counter(verdict(gain, interval, margin, newer=True) for gain, interval in seen)
    counts = [said[word] for word in WORDS]
    counts.append(sum(gain >= margin for gain, _ in seen))
    counts.append(sum(interval.lower > truth for _, interval in seen))
    return [count / len(seen) for count in counts]


def simulate(generator: np.random.Generator, world: World) -> list[Array]:
    """Return challenger's and champion's rows by gate, day, outcome and bin of the score.

    The shapes are (AT_ONCE, days, 2, BINS).
    """
    rows = (AT_ONCE, world.days, ROWS_A_DAY)
    storm = of_days(generator, world) * STORM
    cause, shared = generator.normal(size=rows), generator.normal(size=rows) * SHARED
    late = generator.random(rows) < 1 / (1 + np.exp(1.4 - cause - storm))
    models = []
    for noise in (world.noise, OWN):
        off = of_days(generator, world) * MODEL_DAY
        steep = 1 + STEEPNESS * of_days(generator, world)
        own = noise * generator.normal(size=rows)
        models.append(counted(steep * cause + storm / 2 + off + shared + own, late))
    return models


def of_days(generator: np.random.Generator, world: World) -> Array:
    """Return a standard normal number a day, (AT_ONCE, days, 1)."""
    number = generator.normal(size=(AT_ONCE, world.days, 1))
    for day in range(1, world.days):
        fresh = np.sqrt(1 - world.memory**2) * number[:, day]
        number[:, day] = world.memory * number[:, day - 1] + fresh
    return number


def counted(scores: Array, late: Array) -> Array:
    """Count scores (gates, days, rows) by outcome and bin: (gates, days, 2, BINS)."""
    gates, days, _ = scores.shape
    bins = np.clip((scores + RANGE) / (2 * RANGE) * BINS, 0, BINS - 1).astype(np.int64)
    day = np.arange(gates * days).reshape(gates, days, 1)
    place = (day * 2 + late) * BINS + bins
    counts = np.bincount(place.ravel(), minlength=gates * days * 2 * BINS)
    return counts.reshape(gates, days, 2, BINS).astype(np.float64)


def ordered(counts: Array) -> tuple[Array, Array, Array]:
    """Return the pairs of events of a day and others of a day in order, and the counts of both."""
    others, events = counts[:, :, 0], counts[:, :, 1]
    below = np.cumsum(others, axis=-1) - others / 2
    return events @ below.transpose(0, 2, 1), events.sum(axis=-1), others.sum(axis=-1)


def area(times: Array, pairs: Array, events: Array, others: Array) -> Array:
    """Return the AUC of gates whose days count `times` (draws, days): (gates, draws)."""
    in_order = ((times @ pairs) * times).sum(axis=-1)
    return np.asarray(in_order / ((events @ times.T) * (others @ times.T)))


def noise_of(gains: tuple[float, ...]) -> list[float]:
    """Return the challenger's own noise that makes each true gain, from very many days."""
    grid = np.linspace(0.2, 1.0, 9)
    many = World(days=100, noise=0)
    found = []
    for noise in grid:
        generator = np.random.default_rng(8)
        new, old = (
            ordered(scores.reshape(1, -1, 2, BINS).sum(axis=1, keepdims=True))
            for scores in simulate(generator, many._replace(noise=float(noise)))
        )
        one = np.ones((1, 1))
        found.append(float(area(one, *new)[0, 0] - area(one, *old)[0, 0]))
    exact = np.interp(gains, found[::-1], grid[::-1])
    return [OWN if gain == 0 else float(noise) for gain, noise in zip(gains, exact, strict=True)]


if __name__ == "__main__":
    main()
