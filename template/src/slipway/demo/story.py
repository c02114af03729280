"""What happened, month by month: the rows of the demo's table and of its report."""

from dataclasses import dataclass

from rich.box import SIMPLE_HEAD
from rich.table import Table

from .. import tasks
from ..objectives import Objectives
from ..project import source

LARGE = 1_000_000  # of a value that is shown without a fraction of thousands


@dataclass(frozen=True)
class Month:
    """One month of the stream.

    `quality_*` and `value_*` compare the first model, never retrained, with the one that served.
    Values are in the KPI's unit for the whole month; neither has a value where the outcomes cannot
    judge a model. `psi` is by feature. `decision` is short enough for a table; `why` is the
    sentence of the monitor or of the gate.
    """

    month: str
    rows: int
    version: int
    quality_first: float | None
    quality_serving: float | None
    value_first: float | None
    value_serving: float | None
    psi: dict[str, float]
    drifted: list[str]
    decision: str
    why: str

    @property
    def gain(self) -> float:
        """What the serving model was worth more than the first one; 0 where nothing is known."""
        return (self.value_serving or 0) - (self.value_first or 0)

    @property
    def promoted(self) -> bool:
        return self.decision.startswith("promoted")

    @property
    def refused(self) -> bool:
        return self.decision.startswith("refused")


def sentence(months: list[Month], targets: Objectives) -> str:
    """Sum the story up; of a loss it says how it can be."""
    promoted = [month.month for month in months if month.promoted]
    refused = [month.month for month in months if month.refused]
    asked = len(promoted) + len(refused)
    times = {0: "never asked", 1: "asked once"}.get(asked, f"asked {asked} times")
    told = f"In {len(months)} months the monitor {times} to retrain."
    if asked:
        told += f" Better than the champion and released: {_listed(promoted)}."
        told += f" Not better and refused: {_listed(refused)}."
    return told + (_worth(months, targets) if promoted else " The first model served throughout.")


def _worth(months: list[Month], targets: Objectives) -> str:
    gain = sum(month.gain for month in months)
    better = sum(month.gain > 0 for month in months)
    worse = sum(month.gain < 0 for month in months)
    return (
        f" Against the first model, never retrained, that is worth {gain:+,.0f} {targets.kpi.unit}:"
        f" the serving model was better in {better} of the months and worse in {worse}."
        f"{_loss(gain, targets)}"
    )


def _loss(gain: float, targets: Objectives) -> str:
    if gain >= 0:
        return ""
    metric = tasks.metric(targets.task, targets.gate.metric)
    return (
        f" The gate compares the {metric.title} on the newest {targets.training.holdout_days} days "
        "that have outcomes; what pays on them need not pay in the months after."
    )


def example() -> str:
    """Say that the data is the template's example; nothing once the project has its own."""
    name = getattr(source(), "EXAMPLE", "")
    if not name:
        return ""
    return (
        f"Example data ({name}): nothing here is about your own. `make adopt` replaces it by a "
        "table of yours."
    )


def _listed(months: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(months[:-1]), *months[-1:]))) or "none"


def summary(months: list[Month], targets: Objectives) -> Table:
    """Return the months as a table for 80 columns; drift counts columns, values are in 1000."""
    quality, unit = targets.quality_metric, targets.kpi.unit
    table = Table(box=SIMPLE_HEAD, padding=0, pad_edge=False, show_edge=False, title_justify="left")
    table.title = f"quality is the {quality.title}, {quality.better} is better"
    table.add_column("month", no_wrap=True)
    for name in ("rows", "quality\nfirst", "quality\nserved", "drift"):
        table.add_column(name, justify="right")
    table.add_column("decision", no_wrap=True)
    for name in (f"k{unit}\nfirst", f"k{unit}\nserved"):
        table.add_column(name, justify="right")
    for month in months:
        table.add_row(
            month.month,
            f"{month.rows:,}",
            quality.show(month.quality_first),
            quality.show(month.quality_serving),
            str(len(month.drifted)),
            month.decision,
            _thousands(month.value_first),
            _thousands(month.value_serving),
        )
    return table


def _thousands(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value / 1000:,.0f}" if abs(value) >= LARGE else f"{value / 1000:.1f}"
