"""Dashboards are drawn from the files of Grafana and the answers of a real Prometheus."""

import re
import time
from dataclasses import replace
from pathlib import Path

import pytest

from slipway import cli
from slipway.dashboards import charts
from slipway.dashboards.answers import Line
from slipway.dashboards.boards import Panel
from slipway.dashboards.units import shown
from slipway.settings import settings
from tests.engine import browser

from .conftest import write_board

Said = pytest.CaptureFixture[str]
COUNT = re.compile(r"(\S+): (\d+) of (\d+) panels have data(?:, none have: (.+?))?: (\S+)\n")
PANEL = Panel("Only", "It says.", "timeseries", "short", 12, False, False, {}, [])
WIDE = """
const page = document.documentElement;
const panels = [...document.querySelectorAll('section')].map(it => it.getBoundingClientRect());
return {over: page.scrollWidth - innerWidth, right: Math.max(...panels.map(it => it.right)),
    narrow: Math.min(...panels.map(it => it.width)), count: panels.length};
"""


def drawn(address: str, *options: str) -> int:
    return cli.main(["dashboards", "--prometheus", address, *options])


def page(name: str) -> str:
    return (settings().reports / "dashboards" / f"{name}.html").read_text("utf-8")


def test_the_dashboard_of_a_real_server_is_drawn_with_what_it_tells(
    boards: Path, prometheus: str, capsys: Said
) -> None:
    assert drawn(prometheus, "--days", "1") == 0
    found = COUNT.fullmatch(capsys.readouterr().out)
    assert found
    name, full, panels, _, path = found.groups()
    assert name == "model-service"
    assert int(full) >= 10
    assert int(panels) >= int(full)
    assert Path(path).is_file()
    text = page("model-service")
    assert text.count("<section") == int(panels)
    assert text.count("No data.") == int(panels) - int(full)
    assert "<polyline" in text
    assert re.search(r"Acted on</h2>\n<div class=.stat.>\d", text)


def test_panels_without_data_are_counted_and_named(
    project: Path, prometheus: str, capsys: Said
) -> None:
    write_board(project, "x", targets=[{"expr": "nothing_tells_it"}])
    assert drawn(prometheus) == 0
    assert "small: 0 of 1 panels have data, none have: Only: " in capsys.readouterr().out
    assert "No data." in page("small")


def test_a_value_stands_with_its_unit_and_its_name(project: Path, prometheus: str) -> None:
    target = {"expr": 'up{environment="$environment"} / 4', "legendFormat": "in {{environment}}"}
    defaults = {"defaults": {"unit": "percentunit"}}
    write_board(project, "x", targets=[target], fieldConfig=defaults)
    assert drawn(prometheus, "--env", "prod") == 0
    assert '<div class="stat">25% <small>in prod</small></div>' in page("small")


def test_a_value_that_has_a_word_is_told_by_it(project: Path, prometheus: str) -> None:
    words = {"mappings": [{"type": "value", "options": {"1": {"text": "well"}}}]}
    defaults = {"defaults": {"unit": "short", **words}}
    write_board(project, "x", targets=[{"expr": "vector(1)"}], fieldConfig=defaults)
    assert drawn(prometheus) == 0
    assert '<div class="stat">well ' in page("small")


def test_a_query_that_is_not_promql_is_one_sentence(
    project: Path, prometheus: str, capsys: Said
) -> None:
    write_board(project, "x", targets=[{"expr": "sum by route (up)"}])
    assert drawn(prometheus) == 1
    said = capsys.readouterr().err
    assert said.startswith(f"error: Prometheus at {prometheus} refuses a query: ")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["dashboards"], "name a cluster by WHERE"),
        (["dashboards", "--prometheus", "http://127.0.0.1:9"], "copier update"),
    ],
)
def test_what_is_missing_is_said_in_a_sentence(
    arguments: list[str], sentence: str, project: Path, capsys: Said
) -> None:
    assert cli.main(arguments) == 1
    assert sentence in capsys.readouterr().err


def test_a_prometheus_that_is_away_is_one_sentence(project: Path, capsys: Said) -> None:
    write_board(project, "x", targets=[{"expr": "up"}])
    assert drawn("http://127.0.0.1:9") == 1
    assert capsys.readouterr().err.startswith("error: Prometheus at http://127.0.0.1:9 gives no ")


def test_a_file_that_is_no_dashboard_is_named(project: Path, capsys: Said) -> None:
    path = project / "components/x/dashboard.json"
    path.parent.mkdir(parents=True)
    path.write_text("{}")
    assert drawn("http://127.0.0.1:9") == 1
    assert (
        f"error: {path} is no dashboard of Grafana: 'title' is missing" in capsys.readouterr().err
    )


def test_what_a_label_says_is_text_and_never_markup(project: Path, prometheus: str) -> None:
    hostile = 'label_replace(vector(1), "x", "<script>", "", "")'
    write_board(project, "x", targets=[{"expr": hostile, "legendFormat": "{{x}}"}])
    assert drawn(prometheus) == 0
    assert "<script>" not in page("small")
    assert "&lt;script&gt;" in page("small")


def test_a_gap_is_no_line_and_one_point_alone_is_a_dot() -> None:
    line = Line("a", [(0, 1), (10, 2), (20, 3), (60, 1)], 10)
    svg = charts.lines(PANEL, [line], 0, 100)
    parts = [places.split() for places in re.findall(r'points="([^"]+)"', svg)]
    assert [len(part) for part in parts] == [3, 2]
    assert parts[1][0] == parts[1][1]


def test_lines_that_are_near_each_other_and_far_from_zero_can_be_told_apart() -> None:
    series = [Line("quality", [(0, 0.7), (10, 0.74)], 10), Line("objective", [(0, 0.71)], 10)]
    svg = charts.lines(PANEL, series, 0, 10)
    scale = [float(text) for text in re.findall(r'text-anchor="end">([\d.]+)<', svg)[:5]]
    assert (scale[0], scale[-1]) == (0.69, 0.74)


def test_stacked_series_stand_on_each_other() -> None:
    series = [Line(name, [(0, 2), (10, 2)], 10) for name in "ab"]
    svg = charts.lines(replace(PANEL, stacked=True), series, 0, 10)
    heights = [
        float(places.split(",")[1].split()[0]) for places in re.findall('points="(.+?)"', svg)
    ]
    assert heights[1] == charts.TOP
    assert heights[0] == pytest.approx((charts.TOP + charts.HEIGHT - charts.BOTTOM) / 2)


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (0.99512, "percentunit", "99.51%"),
        (0.0125, "s", "12.5 ms"),
        (200000, "s", "2.31 d"),
        (3 * 2**20, "bytes", "3 MiB"),
        (12500, "reqps", "12.5k/s"),
        (3, "short", "3"),
        (0, "s", "0 ms"),
    ],
)
def test_a_value_is_told_in_the_unit_that_fits_it(value: float, unit: str, expected: str) -> None:
    assert shown(value, unit) == expected


@pytest.mark.parametrize("width", [1280, 390])
def test_the_page_fits_a_screen_and_a_phone(
    width: int, boards: Path, prometheus: str, tmp_path: Path
) -> None:
    started = time.monotonic()
    assert drawn(prometheus, "--days", "1") == 0
    measured = browser.measure(page("model-service"), WIDE, width, tmp_path)
    assert measured["over"] <= 0, time.monotonic() - started
    assert measured["right"] <= width
    assert measured["narrow"] >= 100
    assert measured["count"] >= 10
