"""The draft of objectives.yaml for a table."""

from ..objectives import objectives as current
from .literals import quoted
from .table import Adopted

GROUP_VALUES = range(2, 13)
ROWS_A_MONTH_JUDGED = 0.25
MINIMUM_ROWS = (50, 1000)
DRAFT = """# What the model is for, and the numbers that gates, monitors, alerts and SLOs read.
# A draft, made from the data: read it once, and say what is yours to say.
goal: {goal}
owner:
  team: {team}
  contact: {contact}
stakeholders:
  - who: {team}
    wants: to know in time

task: {task}
quality: {quality} # the figure by which compression, groups and monitor judge a model

{kpi}
training:
  window_days: {window} # trained on
  holdout_days: {holdout} # newest labelled rows, kept for the gate

gate: # a challenger must beat the champion on the same rows
{gate}  confidence: 0.8 # how sure the gate and the monitor have to be
  newer: false # true lets a model pass that is not worse by the margin, and knows later days
{group}  latency_p99_ms_maximum: 5 # one row, inside the process

compression:
  quality_loss_maximum: {quality_loss}
  disagreement_maximum: {disagreement}

monitoring:
  quality_objective: {quality_objective} # a month below, beyond chance, asks for a retraining
  minimum_rows: {minimum_rows}
  psi_maximum: 0.2
  ks_maximum: 0.15
  js_maximum: 0.15
  model_age_days_maximum: 180 # since the released model was registered
  # data_age_days_maximum: 120 # of the newest day trained on, where rows keep coming
  cooldown_days: 20 # between two retrainings
  retention_days: 400 # of captured predictions and reports

serving:
  availability: {availability:g}
  latency_p99_ms: {latency:g}
"""


def objectives(table: Adopted) -> str:
    """Return objectives.yaml; owner and serving stay as they are."""
    targets = current()
    chosen = table.outcome.targets(table.labels)
    return DRAFT.format(
        goal=quoted(table.outcome.goal),
        team=quoted(targets.owner.team),
        contact=targets.owner.contact,
        window=table.days.window,
        holdout=table.days.holdout,
        group=_group(table, chosen.group_loss),
        **{name: value for name, value in chosen._asdict().items() if name != "group_loss"},
        minimum_rows=_minimum_rows(table),
        availability=targets.serving.availability,
        latency=targets.serving.latency_p99_ms,
    )


def _group(table: Adopted, loss: str) -> str:
    """Return the gate's group: the first category with few values, if there is one."""
    for column in table.categories:
        if column.values in GROUP_VALUES:
            limit = f"  group_loss_maximum: {loss} # quality that no group may lose\n"
            return f"  group: {column.name}\n{limit}"
    return ""


def _minimum_rows(table: Adopted) -> int:
    months = max((table.time.last - table.time.first).days / 30, 1)
    rows = int(table.rows / months * ROWS_A_MONTH_JUDGED)
    return min(max(rows, MINIMUM_ROWS[0]), MINIMUM_ROWS[1])
