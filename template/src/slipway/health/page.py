"""The review as one page: what to decide first, then what it rests on."""

from collections import Counter
from html import escape

from .. import html
from ..contract.interval import Interval
from ..monitor import charts
from ..monitor.page import TITLES
from ..monitor.report import Point, Report
from ..objectives import Objectives
from ..project import project
from . import history
from .facts import Facts
from .table import table
from .tiles import amount, tiles, worth

STYLE = """
table.left th, table.left td { text-align: left; vertical-align: top; }
table.left td { min-width: 0; white-space: nowrap; overflow-wrap: normal; }
table.left td.prose { min-width: 16rem; white-space: normal; }
pre { background: var(--card); border-radius: 8px; padding: .6rem .8rem; overflow-x: auto; }
td.bad { color: var(--bad); font-weight: 600; }
"""


def summary(facts: Facts) -> str:
    """Say in a line how the model is."""
    if not facts.months:
        return f"{project().name} in {facts.environment}: nothing was watched yet."
    newest = facts.months[-1]
    return f"{project().name} in {facts.environment}, {newest.month}: {newest.decision.reason}"


def render(facts: Facts, targets: Objectives) -> str:
    """Return the whole page; it loads nothing from elsewhere."""
    title = f"{escape(project().name)} {escape(facts.environment)}: model health"
    parts = (
        _header(facts, targets, title),
        _decision(facts),
        _performance(facts, targets),
        _months(facts, targets),
        _drift(facts),
        history.gate(facts),
        history.releases(facts),
        history.incidents(facts),
        history.cost(facts),
    )
    return html.document(title, "\n".join(filter(None, parts)), STYLE)


def _header(facts: Facts, targets: Objectives, title: str) -> str:
    running = "no model"
    if facts.running:
        known = {str(it.version.number): it.version.as_of for it in facts.versions}
        as_of = known.get(facts.running.model_version)
        running = facts.running.title + (f", trained on data as of {as_of}" if as_of else "")
    return f"""<h1>{title}</h1>
<p>{escape(targets.goal)}</p>
<p class="soft">{escape(facts.environment)} runs {escape(running)}; written on
{facts.now:%Y-%m-%d %H:%M} UTC for {escape(targets.owner.team)}.</p>"""


def _decision(facts: Facts) -> str:
    if not facts.months:
        why = facts.lacks.get("months", "Serve requests, then run `make monitor`.")
        return f"""<section class="decision unknown"><strong>Nothing was watched yet</strong>
<p>{escape(why)}</p></section>"""
    newest = facts.months[-1]
    status = newest.decision.status
    return f"""<section class="decision {status}"><strong>{TITLES[status]}</strong>
<p>{newest.month}: {escape(html.sentence(newest.decision.reason))}</p></section>"""


def _performance(facts: Facts, targets: Objectives) -> str:
    if not facts.months:
        return ""
    metric, objective = targets.quality_metric, targets.monitoring.quality_objective
    points = [
        Point(month.month, value, month.performance.interval)
        for month in facts.months
        if (value := month.performance.values.get(metric.name)) is not None
    ]
    chart = charts.trend(points, objective, metric) if points else ""
    shown = "\n".join(
        f'<div class="{"low" if bad else ""}"><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>'
        for name, value, bad in tiles(facts, targets)
    )
    return f"""<h2>Does it meet its objectives?</h2>
<p class="soft">{escape(html.sentence(metric.title))}, {metric.better} is better, by month; grey
bars are its bounds{_confidence(facts.months)}.</p>
<div class="columns">
{chart}
<dl class="tiles">
{shown}
</dl>
</div>"""


def _confidence(months: list[Report]) -> str:
    sure = {it.sure for month in months if (it := month.performance.interval)}
    return f" with {', '.join(sorted(sure))} confidence" if sure else ""


def _months(facts: Facts, targets: Objectives) -> str:
    if not facts.months:
        return ""
    metric, unit = targets.quality_metric, targets.kpi.unit
    rows = [
        (
            month.month,
            f"v{month.model.version}",
            metric.show(month.performance.values.get(metric.name)),
            _bounds(month.performance.interval, targets),
            f"{month.performance.rows:,} of {month.performance.predictions:,}",
            amount(worth(month)),
            str(len(month.drift.flagged)),
            TITLES[month.decision.status].partition(":")[0],
        )
        for month in reversed(facts.months)
    ]
    head = (
        *(
            "month",
            "model",
            metric.title,
            "bounds",
            "labelled rows",
            f"{targets.kpi.name} ({unit})",
        ),
        *("columns drifted", "monitor"),
    )
    return f"<h2>Month by month</h2>\n{table(head, rows)}"


def _bounds(interval: Interval | None, targets: Objectives) -> str:
    if interval is None:
        return "too few days"
    show = targets.quality_metric.show
    return f"{show(interval.lower)} to {show(interval.upper)}"


def _drift(facts: Facts) -> str:
    if not facts.months:
        return ""
    newest = facts.months[-1]
    times = Counter(name for month in facts.months for name in month.drift.flagged)
    if not times:
        return "<h2>Drift</h2>\n<p>No column drifted in these months.</p>"
    by_name = {column.name: column for column in newest.drift.columns}
    rows = [
        (
            name,
            f"{number} of {len(facts.months)}",
            "yes" if name in newest.drift.flagged else "no",
            f"{by_name[name].psi:.2f}" if name in by_name else "",
            f"{by_name[name].missing_share:.1%}" if name in by_name else "",
        )
        for name, number in times.most_common()
    ]
    head = ("column", "months with drift", f"in {newest.month}", "PSI", "missing")
    return f"""<h2>Drift against the training data</h2>
<p class="soft">Drift may explain a loss of performance; alone it is no reason to act.</p>
{table(head, rows)}"""
