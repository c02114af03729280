"""The comparison as one page: figures first, drawn, then what made the difference."""

from html import escape

from .. import html, project
from ..objectives import Objectives
from .charts import gains, quality_of_groups
from .sides import Pair
from .table import Section

STYLE = """
table { table-layout: fixed; }
td { vertical-align: top; } td, th { text-align: left; overflow-wrap: anywhere; }
th:first-child { width: 34%; }
svg { max-width: 30rem; display: block; }
.axis { stroke: var(--soft); }
td.better { font-weight: 600; color: var(--good); }
"""


def render(pair: Pair, sections: list[Section], targets: Objectives) -> str:
    """Return the whole page; it loads nothing from elsewhere."""
    title = f"{escape(project.project().name)}: {pair.first.name} and {pair.second.name}"
    tables = "\n".join(_table(section, pair) for section in sections if section.lines)
    body = f"""<h1>{title}</h1>
<p class="soft">{escape(pair.rows)} Whether a difference is more than chance is for the gate to
say.</p>
<h2>What {pair.second.name} gains on {pair.first.name}</h2>
<p class="soft">To the right it is better, to the left worse; a whole bar is a tenth of the
figure.</p>
{gains(pair, targets)}
{_groups(pair, targets)}
{tables}"""
    return html.document(title, body, STYLE)


def _groups(pair: Pair, targets: Objectives) -> str:
    chart = quality_of_groups(pair)
    if not chart:
        return ""
    return f"""<h2>{escape(targets.quality_metric.title)} by {escape(targets.gate.group)}</h2>
<p class="soft">Grey is {pair.first.name}, colour {pair.second.name}.</p>
{chart}"""


def _table(section: Section, pair: Pair) -> str:
    rows = "\n".join(
        "<tr>"
        + _cell(line.name)
        + _cell(line.first, line.better == pair.first.name)
        + _cell(line.second, line.better == pair.second.name)
        + "</tr>"
        for line in section.lines
    )
    return f"""<h2>{escape(section.title.capitalize())}</h2>
<div class="wide"><table>
<tr><th></th><th>{pair.first.name}</th><th>{pair.second.name}</th></tr>
{rows}
</table></div>"""


def _cell(text: str, better: bool = False) -> str:
    kind = ' class="better"' if better else ""
    return f"<td{kind}>{escape(text)}</td>"
