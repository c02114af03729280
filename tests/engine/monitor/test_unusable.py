"""Outcomes that fit no label, such as a class that came after the training, stop no watch."""

from datetime import date

import polars as pl
import pytest

from parcels import source
from slipway import bundle

from .may import capture, days, month, report


@pytest.fixture
def strange(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every fiftieth outcome be one that the task does not know."""
    known = source.read_labels
    some = pl.when(pl.int_range(pl.len()) % 50 == 0).then(2).otherwise("label").cast(pl.Int8)

    def read_labels(start: date, end: date, as_of: date) -> pl.DataFrame:
        return known(start, end, as_of).with_columns(label=some)

    monkeypatch.setattr(source, "read_labels", read_labels)


@pytest.mark.usefixtures("strange")
def test_a_few_outcomes_that_fit_no_label_are_counted_and_told(
    model: bundle.Model, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = days(1, 20)
    capture(model, rows)
    told = report()
    bad = len(rows) // 50
    assert told["unusable_outcomes"] == {"'2'": bad}
    assert told["performance"]["rows"] == len(rows) - bad
    assert told["decision"]["status"] != "doubtful"
    assert f"left out: outcomes that fit no label: '2' {bad}" in capsys.readouterr().out


@pytest.mark.usefixtures("strange")
def test_what_is_kept_of_a_day_knows_its_strange_outcomes(model: bundle.Model) -> None:
    capture(model, days(1, 3))
    first = month().whole.unusable
    assert sum(first.values()) > 0
    assert month().whole.unusable == first
