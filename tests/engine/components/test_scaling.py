"""What the pods that serve are scaled by: figures that their server tells."""

import re

import pytest
import yaml

from .rooms import text, told_by_the_server

TRIGGERS = yaml.safe_load(text("components/keda/serving/scaledobject.yaml"))["spec"]["triggers"]
QUERIES = [str(trigger["metadata"]["query"]) for trigger in TRIGGERS]
SELECTOR = re.compile(r"([a-z_]+)\{([^}]*)\}")
BY_PROMETHEUS = {"environment"}  # from the name under which it finds a pod


def unknown(query: str) -> list[str]:
    """Return the metrics, and the labels of metrics, that a query asks for and nothing tells."""
    told, found = told_by_the_server(), []
    for metric, labels in SELECTOR.findall(query):
        names = set(re.findall(r'(\w+)=~?"', labels))
        found += [metric] * (metric not in told)
        found += sorted(names - told.get(metric, names) - BY_PROMETHEUS)
    return found


@pytest.mark.parametrize("query", QUERIES)
def test_a_query_names_metrics_and_labels_that_the_server_tells(query: str) -> None:
    assert len(QUERIES) >= 2
    assert SELECTOR.search(query)
    assert unknown(query) == []


def test_a_metric_or_label_that_nothing_tells_would_be_seen() -> None:
    assert unknown('sum(rate(http_request_total{path="/"}[1m]))') == ["http_request_total"]
    assert unknown('sum(http_requests_total{path="/"})') == ["path"]
