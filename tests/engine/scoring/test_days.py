"""The rows of a day are scored from the source, once for each release."""

from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from parcels import source
from slipway import cli
from slipway.errors import ProjectError
from slipway.scoring import run, tables
from slipway.settings import settings

from .kit import captured, ended, scores

pytestmark = pytest.mark.usefixtures("released")

DAY = date(2024, 5, 3)


def test_a_day_has_the_scores_of_its_rows(project: Path) -> None:
    run.main("prod", DAY)
    rows = source.read_features(DAY, DAY + timedelta(days=1))
    place = project / "var" / "scores" / "prod"
    assert scores(place, str(DAY))["parcel_id"].equals(rows["parcel_id"])
    assert captured(project)["parcel_id"].sort().equals(rows["parcel_id"].sort())


def test_a_day_is_scored_once_also_when_it_has_more_rows_by_then(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run.main("prod", DAY)
    monkeypatch.setattr(source, "read_features", lambda *_: pytest.fail("the source was read"))
    run.main("prod", DAY)
    assert "nothing is done twice" in capsys.readouterr().out


def test_scores_go_where_the_settings_say(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCORE_STORE", str(tmp_path / "elsewhere"))
    settings.cache_clear()
    run.main("prod", DAY)
    assert len(ended(tmp_path / "elsewhere" / "prod", str(DAY))) == 1


@pytest.mark.parametrize(("seconds", "rows"), [("10", 40), ("0", 0)])
def test_an_environment_that_keeps_no_answers_keeps_none_of_a_table(
    seconds: str, rows: int, project: Path
) -> None:
    file = project / "environments" / "prod" / "settings.yaml"
    file.write_text(f'data:\n  capture-seconds: "{seconds}"\n')
    run.main("prod", DAY)
    kept = list((project / "var").glob("captures/prod/*/*/*.parquet"))
    assert sum(len(pl.read_parquet(path)) for path in kept) == rows


@pytest.mark.parametrize("text", ["", "data: {}", "data: {capture-seconds: few}", "data: ["])
def test_settings_that_do_not_say_whether_answers_are_kept_are_a_sentence(
    text: str, project: Path
) -> None:
    (project / "environments" / "prod" / "settings.yaml").write_text(text)
    with pytest.raises(ProjectError, match="restore capture-seconds from Git"):
        run.main("prod", DAY)


def test_a_day_without_rows_is_a_sentence_and_leaves_nothing(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run.main("prod", date(2030, 1, 1))
    assert capsys.readouterr().out == "the day 2030-01-01 has no rows: there is nothing to score.\n"
    assert list((project / "var" / "scores").rglob("*.*")) == []


def test_by_default_it_is_the_newest_day_that_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    assert tables.newest_day() == source.LAST
    tomorrow = date.today() + timedelta(days=1)
    monkeypatch.setattr(source, "available", lambda: (source.FIRST, tomorrow))
    assert tables.newest_day() == date.today() - timedelta(days=1)


@pytest.mark.parametrize("words", ["--day 2024-05-03 --file x.csv", "--file x.csv --submit"])
def test_a_file_and_a_day_or_a_cluster_at_once_is_a_sentence(
    words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["score", *words.split()]) == 1
    assert capsys.readouterr().err == (
        "error: A file is scored alone and on this machine: name a file, or a day.\n"
    )


def test_the_command_scores_for_the_last_environment(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["score", "--day", "2024-05-03"]) == 0
    assert "late-parcels v1 has scored 40 rows" in capsys.readouterr().out
    assert len(ended(project / "var" / "scores" / "prod", "2024-05-03")) == 1
