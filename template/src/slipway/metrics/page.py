"""The list of metrics as a page."""

from collections.abc import Iterable, Mapping
from itertools import groupby

from ..project import project
from . import uses
from .metric import Metric
from .rooms import Query

HEAD = ("metric", "meaning", "type", "unit", "labels", "used by")
INTRODUCTION = """\
# Metrics

What the programs of {name} tell Prometheus, and who asks for it. Times are in seconds, sizes in
bytes. What ends in `_total` only grows, so ask for it by `rate` or `increase`; a histogram has
`_bucket`, `_count` and `_sum`. Prometheus adds `instance` and `job`, and `environment`.
"""


def render(listed: Iterable[Metric], asked: Mapping[str, list[Query]]) -> str:
    """Return Markdown: a table for each source, in the order of the list."""
    parts = [INTRODUCTION.format(name=project().name)]
    for source, metrics in groupby(listed, key=lambda metric: metric.source):
        rows = [_row(metric, uses.of(metric, asked)) for metric in metrics]
        lines = [_line(cells) for cells in (HEAD, ("---",) * len(HEAD), *rows)]
        parts.append(f"\n## {source[:1].upper() + source[1:]}\n\n" + "".join(lines))
    return "".join(parts)


def _row(metric: Metric, used_by: list[str]) -> tuple[str, ...]:
    labels = ", ".join(f"`{label}`" for label in metric.labels)
    named = (f"`{metric.name}`", metric.meaning, metric.kind, metric.unit, labels)
    return (*named, ", ".join(used_by))


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"
