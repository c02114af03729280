"""Lines over time, as one inline SVG; colours follow those of the page."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from html import escape
from typing import NamedTuple

from .answers import Line
from .boards import Panel
from .units import shown

COLUMN, HEIGHT = 50, 200  # of 24 columns, so that letters have one size in panels of any width
LEFT, RIGHT, TOP, BOTTOM = 80, 8, 10, 22  # margins
COLOURS = ("#0969da", "#bc4c00", "#1a7f37", "#8250df", "#bf3989", "#9a6700", "#1b7c83", "#6e7781")
GRID = 4  # lines across
DAYS = 3 * 86400  # seconds from which on the time of day says nothing
GAP = 1.5  # steps between two points that no line connects


class Place(NamedTuple):
    """How wide a chart is, and the seconds since 1970 at its ends."""

    width: int
    start: float
    end: float

    def x(self, at: float) -> float:
        """Return where a moment is."""
        room = self.width - LEFT - RIGHT
        return round(LEFT + room * (at - self.start) / (self.end - self.start), 1)


def lines(panel: Panel, series: Sequence[Line], start: float, end: float) -> str:
    """Return a chart of series from one moment to another, in seconds since 1970."""
    drawn = _sums(series) if panel.stacked else list(series)
    place = Place(panel.width * COLUMN, start, end)
    values = [value for line in drawn for _, value in line.points]
    low, high = _ends(values)
    body = [*_scale(place, low, high, panel.unit), *_times(place)]
    for number, line in enumerate(drawn):
        for part in _parts(line):
            places = " ".join(f"{place.x(at)},{_y(value, low, high)}" for at, value in part)
            colour = COLOURS[number % len(COLOURS)]
            body.append(
                f'<polyline points="{places}" fill="none" stroke="{colour}" stroke-width="2" '
                'stroke-linecap="round"/>'
            )
    name = escape(", ".join(line.name for line in series), quote=True)
    head = f'<svg viewBox="0 0 {place.width} {HEIGHT}" role="img" aria-label="{name}">'
    return f"{head}{''.join(body)}</svg>"


def _ends(values: Sequence[float]) -> tuple[float, float]:
    """Return the ends of the axis: it begins at zero, unless all values are far from it."""
    least, most = min(values), max(values)
    if most > least > most / 2:
        return least - (most - least) / GRID, most
    low = min(least, 0.0)
    return low, most if most > low else low + 1


def _sums(series: Sequence[Line]) -> list[Line]:
    """Return each series on top of those before it."""
    below: dict[float, float] = {}
    stacked = []
    for line in series:
        for at, value in line.points:
            below[at] = below.get(at, 0.0) + value
        stacked.append(Line(line.name, [(at, below[at]) for at, _ in line.points], line.step))
    return stacked


def _parts(line: Line) -> Iterator[list[tuple[float, float]]]:
    """Yield the points between gaps; one alone is drawn as a dot, so it comes twice."""
    part: list[tuple[float, float]] = []
    for point in line.points:
        if part and point[0] - part[-1][0] > GAP * line.step:
            yield part if len(part) > 1 else part * 2
            part = []
        part.append(point)
    yield part if len(part) > 1 else part * 2


def _y(value: float, low: float, high: float) -> float:
    return round(TOP + (HEIGHT - TOP - BOTTOM) * (high - value) / (high - low), 1)


def _scale(place: Place, low: float, high: float, unit: str) -> Iterator[str]:
    for number in range(GRID + 1):
        value = low + (high - low) * number / GRID
        y = _y(value, low, high)
        yield f'<line class="grid-line" x1="{LEFT}" x2="{place.width - RIGHT}" y1="{y}" y2="{y}"/>'
        yield f'<text x="{LEFT - 6}" y="{y + 4}" text-anchor="end">{shown(value, unit)}</text>'


def _times(place: Place) -> Iterator[str]:
    form = "%Y-%m-%d" if place.end - place.start > DAYS else "%m-%d %H:%M"
    for share, anchor in ((0.0, "start"), (0.5, "middle"), (1.0, "end")):
        at = place.start + (place.end - place.start) * share
        text = datetime.fromtimestamp(at, UTC).strftime(form)
        yield f'<text x="{place.x(at)}" y="{HEIGHT - 5}" text-anchor="{anchor}">{text}</text>'
