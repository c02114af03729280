"""The dashboards show what is measured: every query names metrics and labels that exist."""

import json
import re
from collections.abc import Iterator

import pytest

from .rooms import (
    COST,
    ROOMS,
    counted,
    panels,
    recorded,
    text,
    told_by_the_server,
    told_by_workflows,
)

DASHBOARDS = (*ROOMS, COST)
OF_PROMETHEUS = {"up", "process_cpu_seconds_total", "process_resident_memory_bytes"}
ADDED = {"environment", "instance", "job"}  # labels that Prometheus gives to what it scrapes
OPERATORS = {"and", "or", "unless"}
SELECTOR = re.compile(r"([a-z_:][\w:]*)\{([^}]*)\}")


def queries(room: str) -> Iterator[str]:
    for panel in panels(room):
        yield from (target["expr"] for target in panel["targets"])


def measured() -> dict[str, set[str]]:
    """Return the labels of every metric of the server, of the workflows, and of the rules."""
    rules = {name: {"environment"} for name in recorded()}
    built_in: dict[str, set[str]] = {name: set() for name in OF_PROMETHEUS}
    told = told_by_workflows() | told_by_the_server() | counted()
    return rules | told | built_in


def names(query: str) -> set[str]:
    """Return the metrics that a query asks for: every name that is no function and no label."""
    bare = re.sub(r"\{[^}]*\}|\[[^]]*\]|\b(?:by|on|group_left) \([^)]*\)|\boffset \S+", " ", query)
    return set(re.findall(r"[a-z_:][\w:]*+(?!\s*\()", bare)) - OPERATORS


def unknown_labels(query: str, known: dict[str, set[str]]) -> set[str]:
    """Return the labels by which a query selects and which its metrics do not have."""
    return {
        label
        for name, matchers in SELECTOR.findall(query)
        for label in re.findall(r"(\w+)(?:=~|!~|!=|=)", matchers)
        if label not in known[name] | ADDED
    }


@pytest.mark.parametrize("room", DASHBOARDS)
def test_every_query_asks_for_what_is_measured(room: str) -> None:
    asked = {name for query in queries(room) for name in names(query)}
    assert len(asked) >= (2 if room == COST else 6)
    assert asked <= measured().keys()


@pytest.mark.parametrize("room", DASHBOARDS)
def test_every_query_selects_by_labels_that_exist(room: str) -> None:
    known = measured()
    assert {label for query in queries(room) for label in unknown_labels(query, known)} == set()


@pytest.mark.parametrize("room", ROOMS)
def test_the_environments_to_choose_from_are_those_that_prometheus_asks(room: str) -> None:
    variables = json.loads(text(f"{room}/dashboard.json"))["templating"]["list"]
    (environments,) = [item for item in variables if item["name"] == "environment"]
    assert environments["type"] == "query"
    asked = re.fullmatch(r"label_values\((.+), environment\)", environments["query"])
    assert asked
    assert names(asked[1]) <= measured().keys()
    assert unknown_labels(asked[1], measured()) == set()


def test_a_query_of_what_nothing_measures_would_be_seen() -> None:
    known = measured()
    assert names('sum by (route) (rate(http_request_total{code="5"}[5m]))') - known.keys() == {
        "http_request_total"
    }
    assert unknown_labels('http_requests_total{code=~"5..", route="infer"}', known) == {"code"}


@pytest.mark.parametrize("room", DASHBOARDS)
def test_every_panel_explains_itself(room: str) -> None:
    for panel in panels(room):
        assert panel["title"]
        assert panel["description"].endswith(".")


@pytest.mark.parametrize("room", DASHBOARDS)
def test_no_panel_overlaps_another_or_leaves_the_page(room: str) -> None:
    taken: set[tuple[int, int]] = set()
    for panel in panels(room):
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert max(x for x, _ in cells) < 24
        assert not cells & taken, panel["title"]
        taken |= cells
