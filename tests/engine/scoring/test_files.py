"""A file is scored once with each release; what is wrong with it is told in a sentence."""

import json
from datetime import datetime
from pathlib import Path

import polars as pl
import pytest

from slipway import bundle, registry
from slipway.contract.captured import MANIFEST, MODEL, PREDICTION
from slipway.contract.release import Release
from slipway.errors import ProjectError
from slipway.scoring import run, tables
from slipway.training_data.columns import to_columns
from tests.engine.serve.unsound import overflowing

from .conftest import Publish
from .kit import captured, directory, ended, quarantine, scores, snapshot

pytestmark = pytest.mark.usefixtures("released")


def score(file: str = "rows.parquet") -> None:
    run.main("prod", file=file)


def test_every_row_has_key_time_and_what_a_client_is_told(
    table: pl.DataFrame, project: Path, bundle_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    score()
    found = scores(project)
    assert found.columns == ["parcel_id", "handed_over", "probability", "act"]
    assert found.select("parcel_id", "handed_over").equals(table.select("parcel_id", "handed_over"))
    expected = bundle.load(bundle_dir).predict(to_columns(table.drop("parcel_id")))
    assert found["probability"].to_list() == expected.tolist()
    assert "late-parcels v1 has scored 1,000 rows of rows.parquet: " in capsys.readouterr().out


def test_a_model_that_answers_with_no_finite_number_leaves_no_scores(
    table: pl.DataFrame, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load = bundle.load
    monkeypatch.setattr(bundle, "load", lambda *given: overflowing(load(*given)))
    with pytest.raises(ProjectError, match="late-parcels v1 answers 1 of 400 rows with what is no"):
        score()
    assert not ended(project)
    assert not list(project.glob("rows.scores-*/*.parquet"))


def test_the_metadata_of_a_part_names_the_model(
    table: pl.DataFrame, project: Path, released: Release
) -> None:
    score()
    parts = sorted(directory(project, "rows", "scores").iterdir())
    assert [path.name for path in parts] == [f"part-{number:05}.parquet" for number in range(3)]
    about = pl.read_parquet_metadata(parts[-1])
    assert about["model_version"] == "1"
    assert about["model_digest"] == released.model_digest
    assert about["manifest_digest"] == released.manifest_digest


def test_a_csv_file_has_the_scores_of_the_same_rows_in_parquet(
    table: pl.DataFrame, project: Path
) -> None:
    table.write_csv(project / "same.csv")
    score()
    score("same.csv")
    assert scores(project, "same").equals(scores(project))


def test_a_table_is_scored_once_however_often_it_is_asked_for(
    table: pl.DataFrame, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    score()
    before = snapshot(project)
    score()
    assert snapshot(project) == before
    assert "nothing is done twice" in capsys.readouterr().out


def test_a_changed_file_and_another_release_are_scored_beside_it(
    table: pl.DataFrame, project: Path, make_bundle: object, publish: Publish
) -> None:
    score()
    table.head(10).write_parquet(project / "rows.parquet")
    score()
    publish(registry.register(make_bundle(3)))  # type: ignore[operator]
    score()
    counted = sorted(json.loads(path.read_text())["rows"] for path in ended(project))
    assert counted == [10, 10, 1000]


def test_rows_that_break_the_schema_are_counted_and_kept(
    table: pl.DataFrame, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    heavy = pl.col("parcel_id").is_in(table["parcel_id"][[3, 999]].to_list())
    marked = table.with_columns(pl.when(heavy).then(99).otherwise("weight").alias("weight"))
    marked.write_parquet(project / "rows.parquet")
    score()
    assert quarantine(project).select("parcel_id", "reasons").rows() == [
        (table["parcel_id"][3], "weight|max"),
        (table["parcel_id"][999], "weight|max"),
    ]
    assert len(scores(project)) == 998
    (end,) = ended(project)
    counts = json.loads(end.read_text())
    assert (counts["rows"], counts["quarantined"]) == (1000, 2)
    assert counts["broken"] == {"weight|max": 2}
    assert "2 rows break the schema (weight|max 2)" in capsys.readouterr().out


def test_a_table_of_which_no_row_can_be_scored_is_an_error_and_has_no_end(
    table: pl.DataFrame, project: Path
) -> None:
    table.with_columns(depot=pl.lit("x")).write_parquet(project / "rows.parquet")
    with pytest.raises(ProjectError, match=r"None of the 1,000 rows .*depot\|regex"):
        score()
    assert len(quarantine(project)) == 1000
    assert ended(project) == []


def test_what_is_answered_is_captured_once(
    table: pl.DataFrame, project: Path, released: Release
) -> None:
    score()
    for end in ended(project):
        end.unlink()
    for part in directory(project, "rows", "scores").iterdir():
        part.unlink()
    score()
    kept = captured(project).sort("parcel_id")
    assert kept.select(table.columns).equals(
        table.sort("parcel_id").cast({"handed_over": pl.Datetime("ms")})
    )
    assert kept[PREDICTION].equals(
        scores(project).sort("parcel_id")["probability"], check_names=False
    )
    assert kept[MODEL].unique().to_list() == [released.model_digest]
    assert kept[MANIFEST].unique().to_list() == [released.manifest_digest]


def test_a_key_that_comes_twice_is_answered_twice(table: pl.DataFrame, project: Path) -> None:
    pl.concat([table.head(5), table.head(5)]).write_parquet(project / "rows.parquet")
    score()
    assert scores(project)["parcel_id"].to_list() == table["parcel_id"][:5].to_list() * 2


def test_rows_without_a_key_are_given_one_each(table: pl.DataFrame, project: Path) -> None:
    table.drop("parcel_id").write_parquet(project / "rows.parquet")
    score()
    assert scores(project)["parcel_id"].n_unique() == 1000
    assert captured(project)["parcel_id"].n_unique() == 1000


def test_a_column_that_the_model_does_not_take_is_named_and_ignored(
    table: pl.DataFrame, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table.with_columns(colour=1, note=2).write_parquet(project / "rows.parquet")
    score()
    assert "ignored, as the model does not take it: colour, note" in capsys.readouterr().out


def test_an_empty_table_is_a_sentence_and_leaves_nothing(
    table: pl.DataFrame, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table.clear().write_csv(project / "none.csv")
    score("none.csv")
    assert capsys.readouterr().out == "none.csv has no rows: there is nothing to score.\n"
    assert list(project.glob("none.scores*")) == []


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        ("absent.parquet", "absent.parquet cannot be read: No such file"),
        ("directory.parquet", "directory.parquet cannot be read: Is a directory"),
        ("rows.xlsx", "rows.xlsx cannot be scored: name one file, .csv or .parquet"),
        ("*.parquet", "cannot be scored: name one file"),
        ("", "cannot be scored: name one file"),
        ("cut.parquet", "cut.parquet cannot be read: .*PAR1"),
        ("empty.csv", "empty.csv cannot be read: empty CSV"),
        ("windows.csv", "windows.csv cannot be read: it is not UTF-8"),
        ("lacking.csv", "lacking.csv has no column 'distance'"),
        ("zone.parquet", "'handed_over' of zone.parquet .* local times without a zone"),
    ],
)
def test_a_file_that_cannot_be_scored_is_one_sentence(
    file: str, reason: str, table: pl.DataFrame, project: Path
) -> None:
    whole = (project / "rows.parquet").read_bytes()
    (project / "cut.parquet").write_bytes(whole[: len(whole) // 2])
    (project / "empty.csv").touch()
    (project / "directory.parquet").mkdir()
    (project / "windows.csv").write_bytes("größe\n1\n".encode("cp1252"))
    table.drop("distance").write_csv(project / "lacking.csv")
    aware = table.with_columns(pl.col("handed_over").dt.replace_time_zone("UTC"))
    aware.write_parquet(project / "zone.parquet")
    with pytest.raises(ProjectError, match=reason) as told:
        score(file)
    assert "\n" not in str(told.value)
    assert list(project.rglob("*.scores-*")) == []


def test_a_time_out_of_its_limits_goes_into_quarantine(table: pl.DataFrame, project: Path) -> None:
    times = [datetime(2024, 5, 1, 12, 0, 30), datetime(3024, 5, 1), datetime(2024, 5, 1)]
    late = table.head(3).with_columns(pl.Series("handed_over", times))
    late.write_parquet(project / "rows.parquet")
    score()
    assert quarantine(project)["reasons"].to_list() == [
        "handed_over|resolution",
        "handed_over|year",
    ]


def test_an_end_that_was_damaged_is_a_sentence(table: pl.DataFrame, project: Path) -> None:
    score()
    (end,) = ended(project)
    end.write_text(end.read_text()[:50])
    with pytest.raises(ProjectError, match="is damaged: remove it"):
        score()


def test_a_model_of_other_features_is_a_sentence(
    table: pl.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("parcels.features.FEATURES", ("other",))
    with pytest.raises(ProjectError, match="a model with other features than this code computes"):
        score()


def test_an_environment_that_has_released_nothing_is_a_sentence(
    table: pl.DataFrame, project: Path
) -> None:
    (project / "environments" / "dev").mkdir()
    (project / "environments" / "dev" / "release.yaml").write_text("data: {}\n")
    with pytest.raises(ProjectError, match="dev has released nothing yet"):
        run.main("dev", file="rows.parquet")


def test_parts_are_cut_at_the_same_places_whatever_holds_the_rows(
    table: pl.DataFrame, project: Path
) -> None:
    table.write_csv(project / "rows.csv")
    for file in ("rows.parquet", "rows.csv"):
        parts = tables.of_file(file).parts(["weight", "depot"])
        assert [len(part) for part in parts] == [400, 400, 200]
