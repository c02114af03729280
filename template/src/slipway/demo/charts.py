"""The charts of the demo's report, each as HTML that fits the width of the page."""

from textwrap import wrap

import plotly.graph_objects as go

from ..objectives import Objectives
from .story import Month

FIRST, SERVING, GOOD, BAD = "#8a8f98", "#1f6feb", "#1a7f37", "#cf222e"
HEIGHT, ROW_HEIGHT, LABEL_WIDTH = 400, 36, 16  # pixels, and letters that a phone has room for


def quality(months: list[Month], objectives: Objectives) -> str:
    """Return the quality of both models by month, its objective, and the retrainings."""
    figure = _figure()
    objective = objectives.monitoring.quality_objective
    limit = objectives.quality_metric.limit(objective)
    # A line of the data, not a shape: the axis makes room for it even where no month is near.
    for name, values, line in (
        (f"objective {limit}", [objective for _ in months], {"color": BAD, "dash": "dash"}),
        ("serving model", [month.quality_serving for month in months], {"color": SERVING}),
        # On top: where both are the same model, its dots are seen on the other's line.
        ("first model", [month.quality_first for month in months], {"color": FIRST, "dash": "dot"}),
    ):
        figure.add_scatter(x=_names(months), y=values, name=name, mode="lines", line=line)
    for name, colour, symbol, chosen in (
        ("retrained, promoted", GOOD, "triangle-up", [m for m in months if m.promoted]),
        ("retrained, refused", BAD, "x", [m for m in months if m.refused]),
    ):
        figure.add_scatter(
            x=_names(chosen),
            y=[month.quality_serving for month in chosen],
            name=name,
            mode="markers",
            marker={"color": colour, "size": 14, "symbol": symbol},
        )
    return _html(figure)


def value(months: list[Month]) -> str:
    """Return what both models were worth by month."""
    figure = _figure()
    for name, values, colour in (
        ("first model", [month.value_first for month in months], FIRST),
        ("serving model", [month.value_serving for month in months], SERVING),
    ):
        figure.add_bar(x=_names(months), y=values, name=name, marker_color=colour)
    return _html(figure)


def drift(months: list[Month]) -> str:
    """Return the PSI of every column by month."""
    columns = sorted({name for month in months for name in month.psi})
    figure = _figure()
    figure.add_heatmap(
        x=_names(months),
        y=columns,
        z=[[month.psi.get(name) for month in months] for name in columns],
        zmin=0,
        zmax=0.4,
        colorscale="Blues",
    )
    lines = ["<br>".join(_wrapped(name)) for name in columns]
    figure.update_yaxes(tickmode="array", tickvals=columns, ticktext=lines)
    figure.update_layout(height=max(HEIGHT, ROW_HEIGHT * len(columns)))
    return _html(figure)


def _wrapped(name: str) -> list[str]:
    """Return the lines of a column's name, broken after `_` where it can be."""
    words = wrap(name.replace("_", "_ "), LABEL_WIDTH)
    return [line.replace("_ ", "_") for line in words]


def _names(months: list[Month]) -> list[str]:
    return [month.month for month in months]


def _figure() -> go.Figure:
    """Return an empty chart: titles are the page's, where they wrap, and axes show whole labels."""
    layout = go.Layout(
        template="simple_white",
        xaxis={"type": "category", "automargin": True},
        yaxis={"automargin": True},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"},
        margin={"l": 10, "r": 10, "t": 10, "b": 10},
        height=HEIGHT,
    )
    return go.Figure(layout=layout)


def _html(figure: go.Figure) -> str:
    quiet = {"displayModeBar": False, "responsive": True}  # on a phone a toolbar covers the chart
    html: str = figure.to_html(full_html=False, include_plotlyjs=False, config=quiet)
    return html
