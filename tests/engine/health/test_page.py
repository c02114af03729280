"""The review as people see it: what it says, and how it looks on a desk and on a phone."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from slipway.health import page
from slipway.monitor.report import Report
from slipway.objectives import objectives
from tests.engine import browser
from tests.engine.health.kit import facts
from tests.engine.monitor.test_page import outline

# What a reader would miss: what is wider than the page, cut, or under another text.
MEASURE = """
const box = it => it.getBoundingClientRect(), page = innerWidth;
const scrolls = it =>
  it && (getComputedStyle(it).overflowX === 'auto' || scrolls(it.parentElement));
const all = selector => [...document.querySelectorAll(selector)];
const told = it => it.textContent.slice(0, 60) || it.tagName;
const meet = (one, other) => box(one).left < box(other).right && box(other).left < box(one).right
  && box(one).top < box(other).bottom && box(other).top < box(one).bottom;
const texts = all('svg text.strong');
return {
  width: page, scrolled: document.documentElement.scrollWidth, values: texts.length,
  wide: all('body *').filter(it => box(it).right > page + 1 && !scrolls(it)).map(told),
  cut: all('.tiles dd, .tiles dt').filter(it => it.scrollWidth > it.clientWidth).map(told),
  covered: texts.filter((one, at) => texts.slice(at + 1).some(other => meet(one, other))).map(told),
  rows: all('tr').length, tiles: all('.tiles div').length,
}
"""
VALUE = '<text class="strong" x="405" y="90">0.65</text>'


@pytest.fixture
def text(report: Report) -> str:
    return page.render(facts(report), objectives())


def test_nothing_is_cut_covered_or_wider_than_the_page(text: str, tmp_path: Path) -> None:
    for width in (1400, 390):
        seen: dict[str, Any] = browser.measure(text, MEASURE, width, tmp_path)
        assert seen["scrolled"] == seen["width"] == width
        assert (seen["wide"], seen["cut"], seen["covered"]) == ([], [], [])
        assert seen["values"] >= 6
        assert seen["tiles"] >= 8
        assert seen["rows"] > 12


@pytest.mark.parametrize(
    ("here", "planted", "found"),
    [
        ("<h1>", '<p style="width:1500px">wide</p><h1>', "wide"),
        ('class="tiles">', 'class="tiles"><div><dd style="width:9px">12,600,346</dd></div>', "cut"),
        ("</svg>", f"{VALUE}{VALUE}</svg>", "covered"),
    ],
)
def test_what_a_reader_would_miss_is_seen(
    here: str, planted: str, found: str, text: str, tmp_path: Path
) -> None:
    assert here in text
    assert browser.measure(text.replace(here, planted, 1), MEASURE, 390, tmp_path)[found]


def test_the_decision_comes_first_and_every_figure_has_its_unit(text: str) -> None:
    texts = outline(text).texts
    assert texts.index("Train again") < texts.index("Does it meet its objectives?")
    tiles = dict(reversed([*pairwise(texts)]))  # what comes first counts
    assert tiles["AUC"] == "0.650"
    assert tiles["objective"] == "0.68"
    assert tiles["EUR, 2024-05"] == "-12,600,372"  # of 1,500 labelled rows
    assert tiles["EUR, all 12 months"] == "-151,204,464"
    assert tiles["calibration error, at most 0.15"] == "0.030"
    assert tiles["models that the gate refused"] == "1 of 2"


def test_each_month_has_its_bounds(text: str) -> None:
    assert outline(text).texts.count("0.630 to 0.670") == 12


def test_open_actions_name_their_owner_and_overdue_ones_are_red(text: str) -> None:
    assert text.count('class="bad">2024-06-01<') == 1
    assert "nobody" in outline(text).texts
    assert "<rows>" not in text
    assert "2 post-mortems; what is overdue is red." in text


def test_what_is_not_known_says_why_in_its_own_place(report: Report) -> None:
    without = replace(
        facts(report), releases=[], versions=[], cost=[], lacks={"versions": "MLflow is away."}
    )
    texts = outline(page.render(without, objectives())).texts
    assert texts[texts.index("Trainings and the gate") + 1] == "Not known: MLflow is away."
    assert texts[texts.index("Releases to prod") + 1] == "Nothing was released yet."
    assert "Cost" not in texts


def test_a_model_that_was_never_watched_has_a_page_too(report: Report) -> None:
    texts = outline(page.render(replace(facts(report), months=[]), objectives())).texts
    assert "Nothing was watched yet" in texts
    assert "Month by month" not in texts
