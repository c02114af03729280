"""The page's charts: each function returns one inline SVG; colours come from page.css."""

from html import escape

from ..objectives import Objectives
from .sides import Pair

WIDTH, ROW = 360, 24
LABEL = 130  # pixels for the names on the left
WHOLE = 0.1  # share of the old figure that makes a whole bar
GROUPS_MAXIMUM = 20  # drawn; the table has all


def gains(pair: Pair, targets: Objectives) -> str:
    """Return a bar for each metric that can be better: its relative gain, to the right if one."""
    first, second = (side.metrics.values for side in pair.sides)
    metrics = [
        metric
        for metric in targets.task.metrics
        if metric.better and metric.name in first and metric.name in second
    ]
    bars = "".join(
        _gain(row, metric.title, -metric.loss(second[metric.name], first[metric.name]), scale)
        for row, metric in enumerate(metrics)
        if (scale := max(abs(first[metric.name]), 1e-9))
    )
    middle = (LABEL + WIDTH) / 2
    axis = f'<line class="axis" x1="{middle}" x2="{middle}" y1="0" y2="{ROW * len(metrics)}"/>'
    return _svg("gain of each figure", len(metrics), axis + bars)


def _gain(row: int, title: str, gain: float, scale: float) -> str:
    middle, half = (LABEL + WIDTH) / 2, (WIDTH - LABEL) / 2 - 58
    share = gain / scale
    length = min(abs(share) / WHOLE, 1) * half
    left = middle if gain >= 0 else middle - length
    place = f'x="{middle + length + 4}"' if gain >= 0 else f'x="{left - 4}" text-anchor="end"'
    return (
        _name(row, title)
        + f'<rect class="{"now" if gain >= 0 else "low"}" x="{left:.1f}" y="{ROW * row + 5}" '
        f'width="{length:.1f}" height="{ROW - 10}"/>'
        f'<text {place} y="{ROW * row + 16}">{share:+.1%}</text>'
    )


def quality_of_groups(pair: Pair) -> str:
    """Return the quality of each group that both have, the old and the new; nothing if none."""
    first, second = (side.metrics.groups for side in pair.sides)
    names = sorted(first.keys() & second.keys())[:GROUPS_MAXIMUM]
    if not names:
        return ""
    values = [groups[name] for groups in (first, second) for name in names]
    low, span = min(values), (max(values) - min(values)) or 1.0
    rows = "".join(
        _name(row, name)
        + _dumbbell(row, *((groups[name] - low) / span for groups in (first, second)))
        for row, name in enumerate(names)
    )
    ends = (
        f'<text x="{LABEL}" y="{ROW * len(names) + 14}">{low:.3g}</text>'
        f'<text x="{WIDTH}" y="{ROW * len(names) + 14}" text-anchor="end">{low + span:.3g}</text>'
    )
    return _svg("quality of each group", len(names) + 1, rows + ends)


def _dumbbell(row: int, old: float, new: float) -> str:
    """Draw two places between 0 and 1, the old one grey."""
    y = ROW * row + ROW / 2
    x = [LABEL + 8 + share * (WIDTH - LABEL - 16) for share in (old, new)]
    return (
        f'<polyline class="trend" points="{x[0]:.1f},{y} {x[1]:.1f},{y}"/>'
        f'<circle class="then" cx="{x[0]:.1f}" cy="{y}" r="6"/>'
        f'<circle class="now" cx="{x[1]:.1f}" cy="{y}" r="5"/>'
    )


def _name(row: int, text: str) -> str:
    short = text if len(text) <= 21 else text[:20] + "\u2026"
    return f'<text x="{LABEL - 8}" y="{ROW * row + 16}" text-anchor="end">{escape(short)}</text>'


def _svg(label: str, rows: int, body: str) -> str:
    return (
        f'<svg viewBox="0 0 {WIDTH} {ROW * max(rows, 1)}" role="img" '
        f'aria-label="{escape(label)}">{body}</svg>'
    )
