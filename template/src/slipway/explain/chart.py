"""The picture of what a model relies on: one SVG that stands alone, light or dark."""

from collections.abc import Sequence
from html import escape

from ..contract.importance import Importance
from ..tasks import Metric

WIDTH, ROW, LABEL = 640, 26, 190
INPUTS_MAXIMUM = 20  # drawn; the table has all
STYLE = """
text { font: 13px system-ui, sans-serif; fill: #59636e; }
rect { fill: #0969da; } line { stroke: #1f2328; stroke-width: 2; }
@media (prefers-color-scheme: dark) {
text { fill: #9198a1; } rect { fill: #4493f8; } line { stroke: #f0f6fc; }
}
"""


def draw(importance: Sequence[Importance], metric: Metric) -> str:
    """Return a bar for each input, as long as the loss; a line is the spread of the draws."""
    shown = importance[:INPUTS_MAXIMUM]
    longest = max([one.loss + one.spread for one in shown] + [1e-9])
    scale = (WIDTH - LABEL - 80) / longest
    bars = "".join(_bar(row, one, scale) for row, one in enumerate(shown))
    title = f"How much worse the {metric.title} gets when an input is shuffled"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {ROW * len(shown) + 30}" '
        f'role="img" aria-label="{escape(title)}"><style>{STYLE}</style>'
        f'<text x="0" y="16">{escape(title)}</text>{bars}</svg>\n'
    )


def _bar(row: int, one: Importance, scale: float) -> str:
    top, middle = ROW * row + 30, ROW * row + 40
    length = max(one.loss, 0) * scale
    low, high = (LABEL + max(one.loss + way * one.spread, 0) * scale for way in (-1, 1))
    name = one.input if len(one.input) <= 26 else one.input[:25] + "\u2026"
    return (
        f'<text x="{LABEL - 8}" y="{middle + 4}" text-anchor="end">{escape(name)}</text>'
        f'<rect x="{LABEL}" y="{top}" width="{length:.1f}" height="{ROW - 6}" rx="2"/>'
        f'<line x1="{low:.1f}" x2="{high:.1f}" y1="{middle}" y2="{middle}"/>'
        f'<text x="{max(high, LABEL + length) + 6:.1f}" y="{middle + 4}">{one.loss:.3g}</text>'
    )
