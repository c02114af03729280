"""Who asks for which metric."""

import re
from collections.abc import Iterable, Mapping

from . import rooms
from .metric import Metric
from .rooms import Query

WORDS = {"and", "bool", "offset", "or", "unless", "inf", "nan"}
TEXTS = re.compile(r"\"(?:\\.|[^\"])*\"|'(?:\\.|[^'])*'")
NO_METRICS = re.compile(  # selectors, ranges, lists of labels, and times gone by
    r"\{[^}]*\}|\[[^]]*\]|\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)"
    r"|\boffset\s+\S+"
)
NAME = re.compile(r"\b[a-zA-Z_:][\w:]*+(?!\s*\()")


def read() -> dict[str, list[Query]]:
    """Return the queries that ask for a name, by it."""
    found: dict[str, list[Query]] = {}
    for query in rooms.queries():
        for name in sorted(names(query.expression)):
            found.setdefault(name, []).append(query)
    return found


def names(expression: str) -> set[str]:
    """Return the metrics of an expression: every name that is no function and no label."""
    bare = NO_METRICS.sub(" ", TEXTS.sub(" ", expression))
    return {name for name in NAME.findall(bare) if name.lower() not in WORDS}


def unknown(listed: Iterable[Metric], asked: Mapping[str, list[Query]]) -> set[str]:
    """Return the names that somebody asks for and nothing tells."""
    return set(asked).difference(*(metric.samples for metric in listed))


def of(metric: Metric, asked: Mapping[str, list[Query]]) -> list[str]:
    """Return who uses a metric, each once: alerts, rules and dashboards."""
    return sorted({query.what for name in metric.samples for query in asked.get(name, ())})
