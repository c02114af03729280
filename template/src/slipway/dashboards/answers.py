"""What Prometheus answers to the queries of a dashboard."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from ..prometheus import ask as ask_now
from ..prometheus import between
from .boards import Board, Panel, Target

POINTS = 240  # of a line
STEP_MINIMUM = 15  # seconds: as often as Prometheus looks
LABEL = re.compile(r"\{\{\s*(\w+)\s*\}\}")
OVER_TIME = "timeseries"


@dataclass(frozen=True)
class Line:
    """A series: points are seconds since 1970 and finite values; one that is asked for now has one.

    Two points that are more than `step` seconds apart have a gap between them.
    """

    name: str
    points: list[tuple[float, float]]
    step: int


@dataclass(frozen=True)
class Answered:
    """A panel and its series; none where there is no data."""

    panel: Panel
    series: list[Line]


def ask(
    address: str, board: Board, environment: str, now: datetime, seconds: int
) -> list[Answered]:
    """Return the answer to each panel, of the last `seconds` before now.

    Raises:
        ProjectError: Prometheus does not answer, or refuses a query.
    """
    answered = []
    for panel in board.panels:
        series = [
            line
            for target in panel.targets
            for line in _lines(address, panel, _filled(target, environment, seconds), now, seconds)
        ]
        answered.append(Answered(panel, series))
    return answered


def _filled(target: Target, environment: str, seconds: int) -> Target:
    query = target.query.replace("$environment", environment).replace("$__range", f"{seconds}s")
    return Target(query, target.legend)


def _lines(address: str, panel: Panel, target: Target, now: datetime, seconds: int) -> list[Line]:
    if panel.kind != OVER_TIME:
        samples = ask_now(address, target.query, now)
        at = now.timestamp()
        found = [(sample.labels, [(at, sample.value)], 0) for sample in samples]
    else:
        step = max(STEP_MINIMUM, seconds // POINTS)
        start = now - timedelta(seconds=seconds)
        found = [
            (labels, [(at, float(value)) for at, value in samples], step)
            for labels, samples in between(address, target.query, start, now, step)
        ]
    lines = (
        Line(_named(target.legend, labels), [it for it in points if math.isfinite(it[1])], step)
        for labels, points, step in found
    )
    return sorted((line for line in lines if line.points), key=lambda line: line.name)


def _named(legend: str, labels: Mapping[str, str]) -> str:
    return LABEL.sub(lambda found: labels.get(found[1], ""), legend)
