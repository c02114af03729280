"""The demo where outcomes take long, or cannot judge a month."""

import io
import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from unittest.mock import Mock

import polars as pl
import pytest
from rich.console import Console
from rich.progress import Progress

from parcels import source
from slipway import bundle, registry
from slipway.demo import play, report, stage, watching
from slipway.demo.story import Month, sentence, summary
from slipway.objectives import objectives
from tests.engine.monitor.test_run import capture

START, END = date(2024, 5, 1), date(2024, 6, 1)
UNKNOWN = Month("2024-05", 10, 1, None, None, None, None, {"depot": 0.1}, [], "not judged", "few")
KNOWN = Month("2024-06", 10, 1, 0.7, 0.8, 1000, 3000, {"depot": 0.1}, [], "kept", "good")


class Here(stage.Stage):
    """The project of the test in place of a copy: commands run as they are."""

    def run(self, *arguments: str) -> str:
        from slipway import cli

        assert cli.main(list(arguments)) == 0
        return ""


@pytest.mark.parametrize(
    ("delay", "day"),
    [
        (timedelta(hours=3), END),
        (timedelta(days=9, hours=23), END),
        (timedelta(days=10), date(2024, 6, 11)),
        (timedelta(days=30), date(2024, 7, 1)),
    ],
)
def test_a_month_is_watched_at_its_end_or_when_outcomes_that_take_long_are_known(
    delay: timedelta, day: date, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source, "LABEL_DELAY", delay)
    assert watching.Answered(START, END, pl.DataFrame(), 1).watched_on == day


@pytest.mark.parametrize(
    ("delay", "said"),
    [
        (timedelta(days=3), ""),
        (
            timedelta(days=90),
            "2024-05 answered; its last outcomes are known 90 days after its end: it is judged on "
            "2024-08-30, other months pass meanwhile\n",
        ),
    ],
)
def test_while_outcomes_take_long_a_sentence_says_until_when(
    delay: timedelta, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source, "LABEL_DELAY", delay)
    monkeypatch.setattr(play, "_score", lambda *_: None)
    copy = Mock(release=Mock(return_value={"model-version": "1", "model-name": "late-parcels"}))
    shown = io.StringIO()
    with Progress(console=Console(file=shown, width=200), disable=True) as progress:
        play._answer(copy, START, END, progress)
    assert shown.getvalue() == said


@pytest.mark.usefixtures("empty_registry")
@pytest.mark.parametrize(("share", "decision"), [(1, "kept"), (0, "not judged")])
def test_a_month_is_told_whether_its_outcomes_are_known_or_not(
    share: int,
    decision: str,
    bundle_dir: Path,
    project: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(source, "LABEL_DELAY", timedelta(days=20))
    known = source.read_labels
    monkeypatch.setattr(
        source, "read_labels", lambda *days: (rows := known(*days)).head(share * len(rows))
    )
    registry.register(bundle_dir)
    rows = source.read_features(START, END)
    capture(bundle.load(bundle_dir), rows)
    answered = watching.Answered(START, END, rows, 1)

    month = watching.watch(Here(project), bundle_dir, answered, Progress(disable=True))

    assert (month.month, month.rows, month.decision) == ("2024-05", len(rows), decision)
    assert month.quality_first == month.quality_serving
    assert (month.quality_first is None) == (share == 0)
    assert (month.value_serving is None) == (share == 0)


def test_a_month_that_cannot_be_judged_is_a_row_without_figures() -> None:
    console = Console(width=80, record=True, file=io.StringIO())
    console.print(summary([UNKNOWN, KNOWN], objectives()))
    unknown, known = console.export_text().strip().splitlines()[-2:]
    assert unknown.split() == ["2024-05", "10", "0", "not", "judged"]
    assert known.split() == ["2024-06", "10", "0.700", "0.800", "0", "kept", "1.0", "3.0"]


def test_a_month_that_cannot_be_judged_is_worth_nothing_in_the_story() -> None:
    told = sentence([UNKNOWN, replace(KNOWN, decision="promoted")], objectives())
    assert "+2,000 EUR" in told
    assert "better in 1 of the months and worse in 0" in told


def test_a_month_that_cannot_be_judged_is_on_the_page(tmp_path: Path) -> None:
    report.write(tmp_path / "demo.html", [UNKNOWN, KNOWN], [], objectives())
    page = (tmp_path / "demo.html").read_text("utf-8")
    first, _ = page[page.index("<tbody>") :].split("</tr>", 1)
    cells = dict(re.findall(r'data-head="(\w+)">(?:<span[^>]*>)?([^<]*)<', first))
    assert (cells["month"], cells["decision"], cells["why"]) == ("2024-05", "not judged", "few")
    assert "None" not in page[page.index("Month by month") :]
