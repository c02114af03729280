"""The demo's report: one self-contained HTML page with charts."""

from html import escape
from pathlib import Path

from plotly.offline import get_plotlyjs

from ..objectives import Objectives
from ..project import project
from . import charts
from .story import Month, example, sentence

STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; color: #1f2328; margin: 2rem auto; max-width: 76rem;
       padding: 0 1rem }
h1 { margin-bottom: 0 } h2 { margin-top: 2.5rem }
table { border-collapse: collapse; font-size: 14px; width: 100%; min-width: 58rem }
th, td { border-bottom: 1px solid #d0d7de; padding: .35rem .6rem; text-align: left;
         vertical-align: top; overflow-wrap: anywhere }
.number { text-align: right; font-variant-numeric: tabular-nums }
td.number, td:first-child { white-space: nowrap }
.example { background: #fff8c5; border: 1px solid #d4a72c; border-radius: 6px;
           padding: .5rem .8rem }
.wide { overflow-x: auto }
.promoted { color: #1a7f37; font-weight: 600 } .refused { color: #cf222e; font-weight: 600 }
pre { background: #f6f8fa; overflow-x: auto; padding: .8rem }
"""


def write(path: Path, months: list[Month], commits: list[str], objectives: Objectives) -> None:
    """Write the page to `path`; it says when the data is the template's example."""
    words = example()
    whose = f'<p class="example"><strong>{escape(words)}</strong></p>' if words else ""
    path.write_text(
        f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(project().name)}: the demo</title>
<style>{STYLE}</style><script>{get_plotlyjs()}</script></head><body>
<h1>{escape(project().name)}</h1><p>{escape(objectives.goal)}</p>{whose}
<p><strong>{escape(sentence(months, objectives.kpi.unit))}</strong></p>
<p>"First" is the first model, never retrained; "serving" is what {escape(project().last)}
had released.</p>
{_charts(months, objectives)}
<h2>Month by month</h2>{_table(months, objectives)}
<h2>Every release is a commit</h2><pre>{escape(chr(10).join(commits))}</pre>
</body></html>
""",
        "utf-8",
    )


def _charts(months: list[Month], objectives: Objectives) -> str:
    quality, kpi = objectives.quality_metric, objectives.kpi
    measured = f"{quality.title} on the labels that had arrived, {quality.better} is better"
    titled = (
        (measured, charts.quality(months, objectives)),
        (f"{kpi.name} in {kpi.unit}, month by month", charts.value(months)),
        ("Drift against the training data (PSI; 0.2 is large)", charts.drift(months)),
    )
    return "".join(f"<h2>{escape(_sentence(title))}</h2>{chart}" for title, chart in titled)


def _sentence(words: str) -> str:
    """Return words with a capital at their beginning."""
    return words[:1].upper() + words[1:]


def _table(months: list[Month], objectives: Objectives) -> str:
    unit = escape(objectives.kpi.unit)
    heads = (
        ("month", ""),
        ("rows", "number"),
        ("quality first", "number"),
        ("quality serving", "number"),
        (f"{unit} first", "number"),
        (f"{unit} serving", "number"),
        ("drifted columns", ""),
        ("decision", ""),
        ("why", ""),
    )
    head = "".join(f'<th class="{kind}">{text}</th>' for text, kind in heads)
    rows = "".join(_row(month, objectives) for month in months)
    return f'<div class="wide"><table><tr>{head}</tr>{rows}</table></div>'


def _row(month: Month, objectives: Objectives) -> str:
    show = objectives.quality_metric.show
    decision = "promoted" if month.promoted else "refused" if month.refused else ""
    return (
        f'<tr><td>{month.month}</td><td class="number">{month.rows:,}</td>'
        f'<td class="number">{show(month.quality_first)}</td>'
        f'<td class="number">{show(month.quality_serving)} (v{month.version})</td>'
        f'<td class="number">{_amount(month.value_first)}</td>'
        f'<td class="number">{_amount(month.value_serving)}</td>'
        f"<td>{escape(', '.join(month.drifted)) or 'none'}</td>"
        f'<td class="{decision}">{escape(month.decision)}</td><td>{escape(month.why)}</td></tr>'
    )


def _amount(value: float | None) -> str:
    return "" if value is None else f"{value:,.0f}"
