"""The report as one page for the person on call: the decision first, then the evidence."""

from html import escape

from .. import html, tasks
from ..months import counted
from ..objectives import Monitoring, Objectives
from . import charts
from .drift import ColumnDrift
from .performance import Performance
from .report import Report

TITLES = {
    "healthy": "Healthy: nothing to do",
    "retrain": "Train again",
    "waiting": "Too low, but just trained: wait",
    "unsure": "Low, but it may be chance",
    "unknown": "Not enough labels yet",
    "doubtful": "Look at the labels",
}


def render(report: Report, targets: Objectives) -> str:
    """Return the whole page; it loads nothing from elsewhere."""
    title = f"{escape(report.model.name)} {escape(report.environment)} {report.month}"
    parts = (
        _header(report, title),
        _decision(report),
        _performance(report, targets),
        _drift(report, targets.monitoring),
        _histograms(report),
    )
    return html.document(f"{title}: {TITLES[report.decision.status]}", "\n".join(parts))


def _header(report: Report, title: str) -> str:
    model = report.model
    notes = [
        f"model v{model.version} ({model.digest[:12]}, trained as of {model.trained_as_of})",
        f"labels known on {report.as_of}",
    ]
    left_out = "; ".join(report.left_out)
    notes += [escape(f"left out: {left_out}")] if left_out else []
    return f'<h1>{title}</h1>\n<p class="soft">{", ".join(notes)}</p>'


def _decision(report: Report) -> str:
    train = f"<p><code>make train AS_OF={report.as_of}</code> then <code>make gate</code></p>"
    command = f"make monitor MONTH={report.month} ENV={report.environment} AS_OF=&lt;day&gt;"
    again = f"<p>Later: <code>{command}</code></p>"
    steps = {"healthy": "", "retrain": train}.get(report.decision.status, again)
    status = report.decision.status
    return f"""<section class="decision {status}">
<strong>{TITLES[status]}</strong>
<p>{escape(html.sentence(report.decision.reason))}</p>
{steps}
</section>"""


def _performance(report: Report, targets: Objectives) -> str:
    performance, objective = report.performance, targets.monitoring.quality_objective
    chart = charts.trend(report.trend, objective, targets.quality_metric) if report.trend else ""
    return f"""<h2>Performance</h2>
<p class="soft">On the {performance.rows:,} of {performance.predictions:,} predictions whose
outcome is known.{_how_sure(performance, targets)}</p>
<div class="columns">
{chart}
<dl class="tiles">
{_tiles(performance, targets)}
</dl>
</div>"""


def _how_sure(performance: Performance, targets: Objectives) -> str:
    """Say between which bounds the figure lies by which the month is judged."""
    interval, quality = performance.interval, targets.quality_metric
    if interval is None:
        return ""
    between = f"{quality.show(interval.lower)} and {quality.show(interval.upper)}"
    return (
        f" Their {counted(interval.days)} tell with {interval.sure} confidence that the "
        f"{escape(quality.title)} is between {between}: the grey bar of the month."
    )


def _tiles(performance: Performance, targets: Objectives) -> str:
    quality = targets.quality_metric
    tiles = [
        (_title(metric, targets), metric.show(value), _misses(metric, value, targets))
        for metric in targets.task.metrics
        if (value := performance.values.get(metric.name)) is not None
    ]
    tiles.append(("labels arrived", f"{performance.labelled_share:.0%}", False))
    tiles += [
        (f"{quality.title}, {group}", quality.show(value), False)
        for group, value in sorted(performance.groups.items())
    ]
    return "\n".join(
        f'<div class="{"low" if bad else ""}"><dt>{escape(name)}</dt><dd>{value}</dd></div>'
        for name, value, bad in tiles
    )


def _title(metric: tasks.Metric, targets: Objectives) -> str:
    return f"{targets.kpi.unit} per 1,000 rows" if metric.name == tasks.VALUE else metric.title


def _misses(metric: tasks.Metric, value: float, targets: Objectives) -> bool:
    """Tell whether a figure is the one that the objective is about, and misses it."""
    quality = metric.name == targets.quality
    return quality and metric.misses(value, targets.monitoring.quality_objective)


def _figure(value: float | None, form: str = ".3f") -> str:
    return "" if value is None else format(value, form)


def _drift(report: Report, limits: Monitoring) -> str:
    columns = report.drift.columns
    ranked = sorted(columns, key=lambda column: -_times(column, limits))
    rows = "\n".join(_row(column, limits) for column in ranked)
    few = "" if report.drift.enough_rows else "Too few rows to flag anything. "
    return f"""<h2>Drift against the training data</h2>
<p class="soft">{few}A bar is the worst of PSI, KS and JS; dashed is the limit. Drift may explain
a loss of performance; alone it is no reason to act.</p>
<div class="wide"><table>
<tr><th>column</th><th class="bar">multiple of the limit</th>
<th>PSI</th><th>KS</th><th>JS</th><th>missing</th><th>unseen</th></tr>
{rows}
</table></div>"""


def _row(column: ColumnDrift, limits: Monitoring) -> str:
    kind = "flagged" if column.flagged else ""
    cells = [
        escape(column.name),
        charts.severity(_times(column, limits)),
        _figure(column.psi, ".2f"),
        _figure(column.ks, ".2f"),
        _figure(column.js, ".2f"),
        _figure(column.missing_share, ".1%"),
        _figure(column.unseen_share, ".1%"),
    ]
    return f'<tr class="{kind}"><td>{"</td><td>".join(cells)}</td></tr>'


def _times(column: ColumnDrift, limits: Monitoring) -> float:
    return max(
        column.psi / limits.psi_maximum,
        column.js / limits.js_maximum,
        (column.ks or 0) / limits.ks_maximum,
    )


def _histograms(report: Report) -> str:
    figures = "\n".join(
        f'<figure class="{"flagged" if column.flagged else ""}">'
        f"<figcaption><span>{escape(column.name)}</span></figcaption>"
        f"{charts.shares(column)}</figure>"
        for column in report.drift.columns
    )
    return f"""<h2>Every column: training (grey) and this month (colour)</h2>
<p class="soft">Bars are shares of rows. Numbers are cut where training rows are equally many;
a time counts as its hour of the day.</p>
<div class="grid">
{figures}
</div>"""
