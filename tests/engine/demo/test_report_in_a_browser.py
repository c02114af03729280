"""The demo's page as people see it, on a desk and on a phone."""

from pathlib import Path
from typing import Any

import pytest

from slipway.demo import report
from slipway.demo.story import Month
from slipway.objectives import objectives
from tests.engine import browser

QUALITY = [0.81, 0.8, 0.79, 0.74, 0.66, 0.7, 0.76, 0.8, 0.81]
COLUMNS = ("depot", "weight", "predicted_departure_delay_of_the_one_before", "handed_over")
# What a reader would miss, as texts; `objective` is which part of the chart's width its line has.
MEASURE = """
const page = innerWidth, box = it => it.getBoundingClientRect();
const seen = it => box(it).width > 0 && box(it).height > 0;
const all = (selector, root = document) => [...root.querySelectorAll(selector)].filter(seen);
const outside = (it, frame) => box(it).left < frame.left - 1 || box(it).right > frame.right + 1
  || box(it).top < frame.top - 1 || box(it).bottom > frame.bottom + 1;
const meet = (one, other) => box(one).left < box(other).right && box(other).left < box(one).right
  && box(one).top < box(other).bottom && box(other).top < box(one).bottom;
const told = it => it.textContent.slice(0, 60) || it.className || it.tagName;
const labels = all('.main-svg').flatMap(svg =>
  all('text', svg).filter(it => outside(it, box(svg))));
const ticks = all('.js-plotly-plot').flatMap(plot => all('.xtick text, .ytick text', plot));
const [first] = all('.js-plotly-plot');
const objective = [...first.querySelectorAll('.scatterlayer path.js-line')].filter(line =>
  getComputedStyle(line).stroke === 'rgb(207, 34, 46)');
const [area] = all('.nsewdrag', first);
return {
  width: page, scrolled: document.documentElement.scrollWidth,
  wide: all('body *').filter(it => box(it).right > page + 1).map(told),
  toolbars: all('.modebar').filter(it => getComputedStyle(it).opacity > 0)
    .flatMap(bar => all('h1, h2, .legend, text').filter(it => meet(bar, it)).map(told)),
  cut: labels.map(told), ticks: ticks.length, charts: all('.js-plotly-plot').length,
  objective: objective.map(it => box(it).width / box(area).width),
  hidden: objective.filter(it => outside(it, box(area))).length,
}
"""


def month(number: int) -> Month:
    quality = QUALITY[number]
    decision = {4: "promoted v2 .700 after .660", 5: "refused .690 after .700"}.get(number, "kept")
    worth = 1000 * (quality - 0.7)
    drift = {name: (number + place) % 5 / 10 for place, name in enumerate(COLUMNS)}
    moved = [name for name, far in drift.items() if far > 0.2]
    why = f"AUC {quality} is good enough; {len(moved)} columns drifted, first {COLUMNS[2]}."
    figures = (quality - 0.02, quality, worth - 20 * (number - 3), worth)
    return Month(f"2024-0{number + 1}", 28_000, 1, *figures, drift, moved, decision, why)


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    months = [month(number) for number in range(len(QUALITY))]
    commits = [f"release(prod): late-parcels v{number}, a long subject" * 3 for number in (1, 2)]
    path = tmp_path_factory.mktemp("page") / "demo.html"
    report.write(path, months, commits, objectives())
    return path.read_text("utf-8")


@pytest.fixture(scope="module", params=[1400, 390])
def seen(
    request: pytest.FixtureRequest, page: str, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Any]:
    """Return what a reader sees of the page on a desk, and then on a phone."""
    seen = look(page, request.param, tmp_path_factory.mktemp("frame"))
    assert seen["width"] == request.param
    return seen


def look(page: str, width: int, directory: Path) -> dict[str, Any]:
    seen: dict[str, Any] = browser.measure(page, MEASURE, width, directory)
    return seen


def test_nothing_is_cut_covered_or_wider_than_the_page(seen: dict[str, Any]) -> None:
    assert seen["charts"] == 3
    assert seen["ticks"] > 30
    assert seen["scrolled"] == seen["width"]
    assert (seen["wide"], seen["toolbars"], seen["cut"]) == ([], [], [])


def test_the_line_of_the_objective_is_drawn_across_the_chart(seen: dict[str, Any]) -> None:
    (share,) = seen["objective"]
    assert share > 0.9
    assert seen["hidden"] == 0


@pytest.mark.parametrize(
    ("here", "planted", "found"),
    [
        ("<h1>", '<p style="width:1500px">wide</p><h1>', "wide"),
        ('"displayModeBar": false', '"displayModeBar": true', "toolbars"),
        ('"automargin":true', '"automargin":false', "cut"),
    ],
)
def test_what_a_reader_would_miss_is_seen(
    here: str, planted: str, found: str, page: str, tmp_path: Path
) -> None:
    assert here in page
    seen = look(page.replace(here, planted), 390, tmp_path)
    assert seen[found]


def test_an_objective_beyond_the_chart_is_seen(page: str, tmp_path: Path) -> None:
    axis = '"yaxis":{"'
    seen = look(page.replace(axis, '"yaxis":{"range":[0.7,0.9],"'), 1400, tmp_path)
    assert seen["hidden"] or not seen["objective"]
