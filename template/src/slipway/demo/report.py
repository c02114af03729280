"""The demo's report: one self-contained HTML page with charts."""

from html import escape
from pathlib import Path

import plotly.graph_objects as go
from plotly.offline import get_plotlyjs

from ..objectives import Objectives
from ..project import project
from .story import Month, sentence

FIRST, SERVING, GOOD, BAD = "#8a8f98", "#1f6feb", "#1a7f37", "#cf222e"
STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; color: #1f2328; margin: 2rem auto; max-width: 68rem;
       padding: 0 1rem }
h1 { margin-bottom: 0 } h2 { margin-top: 2.5rem }
table { border-collapse: collapse; font-size: 14px; width: 100% }
th, td { border-bottom: 1px solid #d0d7de; padding: .35rem .6rem; text-align: left;
         vertical-align: top }
.number { text-align: right; font-variant-numeric: tabular-nums }
td.number, td:first-child { white-space: nowrap }
.promoted { color: #1a7f37; font-weight: 600 } .refused { color: #cf222e; font-weight: 600 }
pre { background: #f6f8fa; overflow-x: auto; padding: .8rem }
"""


def write(path: Path, months: list[Month], commits: list[str], objectives: Objectives) -> None:
    """Write the page to `path`."""
    charts = (_quality(months, objectives), _value(months, objectives), _psi(months))
    body = "".join(chart.to_html(full_html=False, include_plotlyjs=False) for chart in charts)
    path.write_text(
        f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(project().name)}: the demo</title>
<style>{STYLE}</style><script>{get_plotlyjs()}</script></head><body>
<h1>{escape(project().name)}</h1><p>{escape(objectives.goal)}</p>
<p><strong>{escape(sentence(months, objectives.kpi.unit))}</strong></p>
<p>"First" is the first model, never retrained; "serving" is what {escape(project().last)}
had released.</p>
{body}
<h2>Month by month</h2>{_table(months, objectives)}
<h2>Every release is a commit</h2><pre>{escape(chr(10).join(commits))}</pre>
</body></html>
""",
        "utf-8",
    )


def _table(months: list[Month], objectives: Objectives) -> str:
    unit, quality = escape(objectives.kpi.unit), escape(objectives.quality_metric.title)
    heads = (
        ("month", ""),
        ("rows", "number"),
        (f"{quality} first", "number"),
        (f"{quality} serving", "number"),
        (f"{unit} first", "number"),
        (f"{unit} serving", "number"),
        ("drifted columns", ""),
        ("decision", ""),
        ("why", ""),
    )
    head = "".join(f'<th class="{kind}">{text}</th>' for text, kind in heads)
    rows = "".join(_row(month, objectives) for month in months)
    return f"<table><tr>{head}</tr>{rows}</table>"


def _row(month: Month, objectives: Objectives) -> str:
    show = objectives.quality_metric.show
    decision = "promoted" if month.promoted else "refused" if month.refused else ""
    return (
        f'<tr><td>{month.month}</td><td class="number">{month.rows:,}</td>'
        f'<td class="number">{show(month.quality_first)}</td>'
        f'<td class="number">{show(month.quality_serving)} (v{month.version})</td>'
        f'<td class="number">{month.value_first:,.0f}</td>'
        f'<td class="number">{month.value_serving:,.0f}</td>'
        f"<td>{escape(', '.join(month.drifted)) or 'none'}</td>"
        f'<td class="{decision}">{escape(month.decision)}</td><td>{escape(month.why)}</td></tr>'
    )


def _quality(months: list[Month], objectives: Objectives) -> go.Figure:
    names = [month.month for month in months]
    objective, title = objectives.monitoring.quality_objective, objectives.quality_metric.title
    figure = go.Figure(layout=_layout(f"{title} on the labels that had arrived", title))
    figure.add_scatter(
        x=names,
        y=[month.quality_first for month in months],
        name="first model, never retrained",
        line={"color": FIRST, "dash": "dot"},
    )
    figure.add_scatter(
        x=names,
        y=[month.quality_serving for month in months],
        name="serving model",
        line={"color": SERVING, "width": 3},
    )
    for title, colour, symbol, chosen in (
        ("retrained, promoted", GOOD, "triangle-up", [m for m in months if m.promoted]),
        ("retrained, refused", BAD, "x", [m for m in months if m.refused]),
    ):
        figure.add_scatter(
            x=[month.month for month in chosen],
            y=[month.quality_serving for month in chosen],
            name=title,
            mode="markers",
            marker={"color": colour, "size": 14, "symbol": symbol},
        )
    figure.add_hline(y=objective, line_dash="dash", annotation_text=f"objective {objective}")
    return figure


def _value(months: list[Month], objectives: Objectives) -> go.Figure:
    title = f"{objectives.kpi.name}, month by month"
    figure = go.Figure(layout=_layout(title, objectives.kpi.unit))
    names = [month.month for month in months]
    figure.add_bar(
        x=names, y=[m.value_first for m in months], name="first model", marker_color=FIRST
    )
    figure.add_bar(
        x=names, y=[m.value_serving for m in months], name="serving model", marker_color=SERVING
    )
    return figure


def _psi(months: list[Month]) -> go.Figure:
    features = sorted({name for month in months for name in month.psi})
    figure = go.Figure(layout=_layout("Drift against the baseline (PSI; 0.2 is large)", ""))
    figure.add_heatmap(
        x=[month.month for month in months],
        y=features,
        z=[[month.psi.get(name) for month in months] for name in features],
        zmin=0,
        zmax=0.4,
        colorscale="Blues",
    )
    return figure


def _layout(title: str, y: str) -> go.Layout:
    return go.Layout(
        title=title,
        yaxis_title=y,
        template="simple_white",
        xaxis={"type": "category"},
        legend={"orientation": "h", "y": -0.15},
        margin={"l": 60, "r": 20, "t": 60, "b": 40},
    )
