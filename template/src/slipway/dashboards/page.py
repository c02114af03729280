"""A dashboard as a page."""

from datetime import datetime
from html import escape

from .. import html
from . import charts
from .answers import OVER_TIME, Answered, Line
from .boards import Board, Panel
from .units import shown

STYLE = """
body { max-width: 90rem; }
.board { display: grid; grid-template-columns: repeat(24, 1fr); gap: .75rem; margin-top: 1rem; }
.board section { background: var(--card); border-radius: 8px; padding: .6rem .8rem; min-width: 0; }
.board h2 { font-size: .9rem; margin: 0; }
.board p { font-size: .8rem; }
.stat { font-size: 1.5rem; font-weight: 600; overflow-wrap: anywhere; }
.stat small { font-size: .75rem; font-weight: 400; color: var(--soft); }
.legend { font-size: .8rem; color: var(--soft); display: flex; flex-wrap: wrap; gap: 0 .9rem; }
.legend i { display: inline-block; width: .9em; height: .2em; margin: 0 .3em .2em 0; }
.bars { font-size: .85rem; }
.bars td { min-width: 0; }
.empty { color: var(--warn); }
.grid-line { stroke: var(--line); }
@media (max-width: 48rem) {
  .board section { grid-column: 1 / -1 !important; }
  .board svg text { font-size: 16px; }
}
"""


def render(
    board: Board, answered: list[Answered], environment: str, now: datetime, seconds: int
) -> str:
    """Return the whole page; it loads nothing from elsewhere."""
    end = now.timestamp()
    parts = "\n".join(_panel(it, end - seconds, end) for it in answered)
    body = f"""<h1>{escape(board.title)}</h1>
<p class="soft">The last {shown(seconds, "s")} before {now:%Y-%m-%d %H:%M} UTC; what is of one
environment is of {escape(environment)}.</p>
<div class="board">
{parts}
</div>"""
    return html.document(escape(board.title), body, STYLE)


def _panel(answered: Answered, start: float, end: float) -> str:
    panel = answered.panel
    return f"""<section style="grid-column: span {panel.width}">
<h2>{escape(panel.title)}</h2>
{_drawn(panel, answered.series, start, end)}
<p class="soft">{escape(panel.meaning)}</p>
</section>"""


def _drawn(panel: Panel, series: list[Line], start: float, end: float) -> str:
    if not series:
        return '<p class="empty">No data.</p>'
    if panel.kind == OVER_TIME:
        chart = charts.lines(panel, series, start, end)
        return f"{chart}\n{_legend(series)}"
    return _bars(panel, series) if panel.kind == "bargauge" else _stats(panel, series)


def _stats(panel: Panel, series: list[Line]) -> str:
    if panel.named:
        return "".join(f'<div class="stat">{escape(line.name)}</div>' for line in series)
    return "".join(
        f'<div class="stat">{escape(_value(panel, line))} <small>{escape(line.name)}</small></div>'
        for line in series
    )


def _value(panel: Panel, line: Line) -> str:
    value = line.points[-1][1]
    return panel.words.get(f"{value:g}", shown(value, panel.unit))


def _bars(panel: Panel, series: list[Line]) -> str:
    most = max(abs(line.points[-1][1]) for line in series) or 1.0
    rows = "".join(
        f"<tr><td>{escape(line.name)}</td><td>{escape(_value(panel, line))}</td>"
        f'<td class="bar"><svg viewBox="0 0 100 12" preserveAspectRatio="none" aria-hidden="true">'
        f'<rect class="now" width="{100 * abs(line.points[-1][1]) / most:.1f}" height="12"/></svg>'
        "</td></tr>"
        for line in series
    )
    return f'<table class="bars">{rows}</table>'


def _legend(series: list[Line]) -> str:
    parts = (
        f'<span><i style="background:{charts.COLOURS[number % len(charts.COLOURS)]}"></i>'
        f"{escape(line.name)}</span>"
        for number, line in enumerate(series)
    )
    return f'<div class="legend">{"".join(parts)}</div>'
