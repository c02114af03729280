"""The demo's report: one self-contained HTML page with charts."""

from html import escape
from pathlib import Path

from plotly.offline import get_plotlyjs

from .. import html
from ..objectives import Objectives
from ..project import project
from . import charts
from .story import Month, example, sentence

STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; color: #1f2328; margin: 2rem auto; max-width: 76rem;
       padding: 0 1rem }
h1 { margin-bottom: 0 } h2 { margin-top: 2.5rem }
table { border-collapse: collapse; font-size: 14px; width: 100% }
th, td { border-bottom: 1px solid #d0d7de; padding: .35rem .6rem; text-align: left;
         vertical-align: top }
td { overflow-wrap: anywhere }
.number { text-align: right; font-variant-numeric: tabular-nums }
td.number, td:first-child { white-space: nowrap }
.example { background: #fff8c5; border: 1px solid #d4a72c; border-radius: 6px;
           padding: .5rem .8rem }
.promoted { color: #1a7f37; font-weight: 600 } .refused { color: #cf222e; font-weight: 600 }
pre { background: #f6f8fa; overflow-wrap: anywhere; padding: .8rem; white-space: pre-wrap }
@media (max-width: 60rem) { /* each month is a card: nine columns are too many */
  thead { display: none }
  tr { border-bottom: 1px solid #d0d7de; display: block; padding: .8rem 0 }
  td { border: 0; display: grid; gap: .6rem; grid-template-columns: 8rem 1fr; padding: .1rem 0 }
  td.number { text-align: left }
  td::before { color: #59636e; content: attr(data-head); font-weight: 400 }
}
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
<p><strong>{escape(sentence(months, objectives))}</strong></p>
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
    return "".join(f"<h2>{escape(html.sentence(title))}</h2>{chart}" for title, chart in titled)


def _table(months: list[Month], objectives: Objectives) -> str:
    heads = _heads(escape(objectives.kpi.unit))
    head = "".join(f'<th class="{kind}">{name}</th>' for name, kind in heads.items())
    rows = "".join(_row(month, objectives, heads) for month in months)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _heads(unit: str) -> dict[str, str]:
    """Return the classes of the columns by their names."""
    numbers = ("rows", "quality first", "quality serving", f"{unit} first", f"{unit} serving")
    words = ("drifted columns", "decision", "why")
    return {"month": ""} | dict.fromkeys(numbers, "number") | dict.fromkeys(words, "")


def _row(month: Month, objectives: Objectives, heads: dict[str, str]) -> str:
    show = objectives.quality_metric.show
    decision = "promoted" if month.promoted else "refused" if month.refused else ""
    cells = (
        month.month,
        f"{month.rows:,}",
        show(month.quality_first),
        f"{show(month.quality_serving)} (v{month.version})",
        _amount(month.value_first),
        _amount(month.value_serving),
        escape(", ".join(month.drifted)) or "none",
        f'<span class="{decision}">{escape(month.decision)}</span>',
        escape(month.why),
    )
    named = zip(heads.items(), cells, strict=True)
    row = "".join(f'<td class="{kind}" data-head="{name}">{it}</td>' for (name, kind), it in named)
    return f"<tr>{row}</tr>"


def _amount(value: float | None) -> str:
    return "" if value is None else f"{value:,.0f}"
