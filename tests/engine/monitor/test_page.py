import re
from html.parser import HTMLParser
from xml.etree import ElementTree

import msgspec
import pytest

from slipway.monitor import page
from slipway.monitor.decide import Decision
from slipway.monitor.performance import Performance
from slipway.monitor.report import Report
from slipway.objectives import objectives
from tests.engine.monitor.conftest import HOSTILE

VOID = {"meta"}
LOADS = {"src", "href", "data", "srcset", "action"}


class Outline(HTMLParser):
    """Collect the texts in order, and every tag and attribute; fail on tags that do not match."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if data.strip() and self.open[-1] != "style":
            self.texts.append(data.strip())


@pytest.fixture
def text(report: Report) -> str:
    return page.render(report, objectives())


def outline(text: str) -> Outline:
    parsed = Outline()
    parsed.feed(text)
    assert parsed.open == []
    return parsed


def charts(text: str) -> list[ElementTree.Element]:
    return [ElementTree.fromstring(chart) for chart in re.findall(r"<svg.*?</svg>", text, re.S)]  # noqa: S314


def test_the_decision_comes_first_with_the_command_to_type(text: str, report: Report) -> None:
    texts = outline(text).texts
    start = texts.index("Train again")
    assert start < texts.index("Performance") < texts.index("Drift against the training data")
    assert texts[start + 1] == report.decision.reason
    assert texts[start + 2] == "make train AS_OF=2024-06-01"


def test_the_page_loads_nothing_from_elsewhere(text: str) -> None:
    tags = outline(text).tags
    assert not LOADS & {name for _, attributes in tags for name in attributes}
    assert not {"script", "link", "iframe", "img"} & {tag for tag, _ in tags}
    assert "url(" not in text
    assert "@import" not in text


def test_a_name_out_of_the_data_is_shown_as_text(text: str) -> None:
    parsed = outline(text)
    assert "script" not in {tag for tag, _ in parsed.tags}
    assert any(shown.startswith("<script>") for shown in parsed.texts)


def test_the_worst_column_is_the_first_of_the_table(text: str) -> None:
    rows = re.findall(r'<tr class="(\w*)"><td>(\w+)</td>', text)
    assert rows[0] == ("flagged", "weight")
    assert sorted(name for _, name in rows) == ["depot", "prediction", "weight"]


def test_every_chart_is_well_formed_and_inside_its_box(text: str) -> None:
    drawn = charts(text)
    assert len(drawn) == 1 + 3 + 3  # the trend, and for each column a bar and its shares
    for chart in drawn:
        width, height = (float(size) for size in chart.attrib["viewBox"].split()[2:])
        for bar in chart.iter("rect"):
            assert float(bar.get("x", 0)) + float(bar.attrib["width"]) <= width + 0.1
            assert float(bar.get("y", 0)) + float(bar.attrib["height"]) <= height + 0.1
            assert min(float(bar.attrib["width"]), float(bar.attrib["height"])) >= 0


def test_a_month_below_the_objective_is_marked_in_the_trend(text: str) -> None:
    marks = [mark.attrib["class"] for mark in charts(text)[0].iter("circle")]
    assert marks == ["now", "low"]


def test_the_page_says_how_sure_the_figure_is(text: str) -> None:
    (sure,) = (shown for shown in outline(text).texts if "confidence" in shown)
    assert " ".join(sure.split()).endswith(
        "Their 30 days tell with 80% confidence that the AUC is between 0.630 and 0.670: the grey "
        "bar of the month."
    )


def test_the_bounds_of_a_month_are_a_bar_around_its_mark(text: str) -> None:
    chart = charts(text)[0]
    (bar,) = (line.attrib for line in chart.iter("line") if line.get("class") == "bounds")
    mark = list(chart.iter("circle"))[-1].attrib
    assert bar["x1"] == bar["x2"] == mark["cx"]
    assert 0 < float(bar["y2"]) < float(mark["cy"]) < float(bar["y1"]) < 174


def test_a_month_without_bounds_says_nothing_of_them(report: Report) -> None:
    performance = msgspec.structs.replace(report.performance, interval=None)
    points = [msgspec.structs.replace(point, interval=None) for point in report.trend]
    unsure = msgspec.structs.replace(report, performance=performance, trend=points)
    text = page.render(unsure, objectives())
    assert "confidence" not in " ".join(outline(text).texts)
    assert not [line for line in charts(text)[0].iter("line") if line.get("class") == "bounds"]


def test_the_page_says_what_was_left_out(text: str) -> None:
    (notes,) = (shown for shown in outline(text).texts if shown.startswith("model v3"))
    assert "left out: 12 rows of other models; 1 unreadable captures; outcomes" in notes
    assert f"that fit no label: '{HOSTILE}' 2, '' 1" in notes


def test_a_month_without_labels_has_a_page(report: Report) -> None:
    unknown = msgspec.structs.replace(
        report,
        decision=Decision("unknown", "0 of 2,000 predictions have a label."),
        performance=Performance(2000, 0, 0),
        trend=[],
    )
    texts = outline(page.render(unknown, objectives())).texts
    assert "Not enough labels yet" in texts
    assert "make monitor MONTH=2024-05 ENV=prod AS_OF=<day>" in texts


def test_the_page_is_light(text: str) -> None:
    assert len(text) < 100_000


def test_a_category_whose_name_is_cut_says_so(text: str) -> None:
    assert f"{HOSTILE[:9]}\u2026" in "".join(outline(text).texts)


def test_the_reason_begins_as_a_sentence_does(report: Report) -> None:
    decision = Decision("healthy", "mean absolute error 1.2 meets the objective 2.")
    shown = page.render(msgspec.structs.replace(report, decision=decision), objectives())
    assert "Mean absolute error 1.2 meets the objective 2." in outline(shown).texts
