"""The page's charts: each function returns one inline SVG; colours come from page.css."""

from calendar import month_abbr
from collections.abc import Callable, Sequence
from html import escape
from math import ceil

from ..contract.interval import Interval
from ..tasks import Metric
from .drift import ColumnDrift
from .report import Point

WIDTH, HEIGHT = 220, 96
VALUE_WIDTH = 43  # of a value in the trend, also as large as on a phone
LABEL = 10  # letters of a category that there is room for
ROWS_MAXIMUM = 7  # categories shown; the rest is in the JSON report


def trend(points: Sequence[Point], objective: float, metric: Metric) -> str:
    """Return a metric by month as a line, the objective dashed; a month that misses it is red.

    A bar through a month reaches from its lower bound to its upper one.
    """
    ends = [end for point in points if (it := point.interval) for end in (it.lower, it.upper)]
    values = [*(point.value for point in points), *ends, objective]
    margin = max(max(values) - min(values), abs(objective) / 20) / 4
    low, high = min(values) - margin, max(values) + margin

    def y(value: float) -> float:
        return round(20 + 130 * (high - value) / (high - low), 1)

    step = 350 / max(len(points), 2)
    places = [(round(55 + step * index, 1), point) for index, point in enumerate(points)]
    line = " ".join(f"{x},{y(point.value)}" for x, point in places)
    bars = "".join(_bounds(point.interval, x, y) for x, point in places)
    marks = "".join(_mark(point, x, y(point.value), metric, objective) for x, point in places)
    told = places[::-1][:: ceil(VALUE_WIDTH / step)]  # the newest always
    texts = "".join(_value(point, x, y(point.value), metric, objective) for x, point in told)
    limit, told_limit = y(objective), f"objective {metric.limit(objective)}"
    return (
        f'<svg viewBox="0 0 500 194" role="img" aria-label="{escape(metric.title)} by month">'
        f'<line class="limit" x1="30" x2="500" y1="{limit}" y2="{limit}"/>'
        f'<text x="500" y="{limit - 4}" text-anchor="end">{told_limit}</text>'
        f'{bars}<polyline class="trend" points="{line}"/>{marks}{texts}</svg>'
    )


def _bounds(interval: Interval | None, x: float, y: Callable[[float], float]) -> str:
    if interval is None:
        return ""
    ends = f'y1="{y(interval.lower)}" y2="{y(interval.upper)}"'
    return f'<line class="bounds" x1="{x}" x2="{x}" {ends}/>'


def _mark(point: Point, x: float, y: float, metric: Metric, objective: float) -> str:
    low = metric.misses(point.value, objective)
    return (
        f'<circle class="{"low" if low else "now"}" cx="{x}" cy="{y}" r="4"/>'
        f'<text x="{x}" y="188" text-anchor="middle">{month_abbr[int(point.month[-2:])]}</text>'
    )


def _value(point: Point, x: float, y: float, metric: Metric, objective: float) -> str:
    below = metric.misses(point.value, objective)
    return (
        f'<text class="strong" x="{x}" y="{y + (20 if below else -10)}" text-anchor="middle">'
        f"{metric.show(point.value)}</text>"
    )


def severity(times: float) -> str:
    """Return a bar of how many times its limit a column moved; the dashed line is the limit."""
    length = round(min(times / 4, 1) * 200, 1)
    return (
        '<svg viewBox="0 0 200 12" preserveAspectRatio="none" aria-hidden="true">'
        f'<rect class="now" width="{length}" height="12" rx="2"/>'
        '<line class="limit" x1="50" x2="50" y1="0" y2="12"/></svg>'
    )


def shares(feature: ColumnDrift) -> str:
    """Return the reference and the current share of every bin, side by side."""
    body = _columns(feature) if feature.kind == "number" else _rows(feature)
    name = escape(feature.name, quote=True)
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="shares of {name}">{body}</svg>'
    )


def _columns(feature: ColumnDrift) -> str:
    floor = HEIGHT - 16
    step = WIDTH / len(feature.bins)
    scale = (floor - 2) / max(*feature.reference, *feature.current, 0.01)
    bars = "".join(
        _bar("then", step * index, floor - old * scale, step * 0.9, old * scale)
        + _bar("now", step * (index + 0.25), floor - new * scale, step * 0.4, new * scale)
        for index, (old, new) in enumerate(zip(feature.reference, feature.current, strict=True))
    )
    middle = feature.bins[(len(feature.bins) - 1) // 2]
    return bars + "".join(
        f'<text x="{x}" y="{HEIGHT - 3}" text-anchor="{anchor}">{escape(label)}</text>'
        for x, anchor, label in (
            (0, "start", feature.bins[0]),
            (WIDTH / 2, "middle", middle),
            (WIDTH, "end", feature.bins[-2]),
        )
    )


def _rows(feature: ColumnDrift) -> str:
    bins = zip(feature.bins, feature.reference, feature.current, strict=True)
    held = [row for row in bins if max(row[1:]) > 0]
    shown = sorted(held, key=lambda row: -max(row[1:]))[:ROWS_MAXIMUM]
    step = HEIGHT / ROWS_MAXIMUM
    scale = (WIDTH - 70) / max(*feature.reference, *feature.current, 0.01)
    return "".join(
        f'<text x="62" y="{step * index + 10:.1f}" text-anchor="end">{escape(_short(label))}</text>'
        + _bar("then", 68, step * index + 1, old * scale, step * 0.85)
        + _bar("now", 68, step * index + 4, new * scale, step * 0.4)
        for index, (label, old, new) in enumerate(shown)
    )


def _short(label: str) -> str:
    return label if len(label) <= LABEL else f"{label[: LABEL - 1]}\u2026"


def _bar(kind: str, x: float, y: float, width: float, height: float) -> str:
    return (
        f'<rect class="{kind}" x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"/>'
    )
