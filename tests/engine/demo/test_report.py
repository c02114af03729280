"""The demo's page: what it says, and what its charts are made of."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from parcels import source
from slipway.demo import report
from slipway.demo.story import Month
from slipway.objectives import objectives

CHART = re.compile(r'Plotly\.newPlot\(\s*"[^"]+",\s*')
LONG = "predicted_departure_delay_of_the_one_before"


@pytest.fixture
def months() -> list[Month]:
    """Return two months that are both better than the objective."""
    drift = {"depot": 0.1, LONG: 0.3}
    return [
        Month("2024-04", 10, 1, 0.8, 0.8, 5, 5, drift, [], "promoted v2 .82 after .8", "why"),
        Month("2024-05", 10, 2, 0.8, 0.82, 5, 7, drift, [LONG], "kept", "<b>why</b>"),
    ]


@pytest.fixture
def page(months: list[Month], tmp_path: Path) -> str:
    report.write(tmp_path / "demo.html", months, ["release(prod): v1"], objectives())
    return (tmp_path / "demo.html").read_text("utf-8")


def charts(page: str) -> list[tuple[list[Any], dict[str, Any], dict[str, Any]]]:
    """Return data, layout and configuration of every chart."""
    decoder, parts = json.JSONDecoder(), []
    for match in CHART.finditer(page):
        position, values = match.end(), []
        for _ in range(3):
            value, position = decoder.raw_decode(page, position)
            position += len(page[position:]) - len(page[position:].lstrip(", \n"))
            values.append(value)
        parts.append((values[0], values[1], values[2]))
    return parts


def test_the_objective_is_a_line_that_the_axis_makes_room_for(page: str) -> None:
    data, layout, _ = charts(page)[0]
    lines = {trace["name"]: trace for trace in data}
    objective = objectives().monitoring.quality_objective
    line = lines[f"objective {objective:g}"]
    assert line["x"] == ["2024-04", "2024-05"]
    assert line["y"] == [objective, objective]
    assert line["mode"] == "lines"
    assert "range" not in layout["yaxis"]


def test_a_heading_says_which_way_is_better(page: str) -> None:
    heads = re.findall(r"<h2>(.+?)</h2>", page)
    assert heads[0] == "AUC on the labels that had arrived, higher is better"
    assert all(head[0].isupper() for head in heads)


def test_no_toolbar_covers_a_chart_and_no_label_is_cut(page: str) -> None:
    parts = charts(page)
    assert len(parts) == 3
    for _, layout, configuration in parts:
        assert configuration["displayModeBar"] is False
        assert configuration["responsive"] is True
        assert layout["xaxis"]["automargin"] is layout["yaxis"]["automargin"] is True
        assert "title" not in layout
    names = parts[2][1]["yaxis"]["ticktext"]
    assert sorted(name.replace("<br>", "") for name in names) == ["depot", LONG]
    lines = [line for name in names for line in name.split("<br>")[:-1]]
    assert lines
    assert all(line.endswith("_") for line in lines)
    assert max(len(line) for name in names for line in name.split("<br>")) <= 16


def test_what_is_worse_is_on_the_page(page: str) -> None:
    assert "better in 1 of the months and worse in 0." in page


def test_a_reason_is_shown_as_text(page: str) -> None:
    assert "&lt;b&gt;why&lt;/b&gt;" in page


def test_the_page_says_that_the_data_is_an_example(
    page: str, months: list[Month], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Example data" not in page
    monkeypatch.setattr(source, "EXAMPLE", "toys & trains", raising=False)
    report.write(tmp_path / "demo.html", months, [], objectives())
    assert "Example data (toys &amp; trains)" in (tmp_path / "demo.html").read_text("utf-8")
