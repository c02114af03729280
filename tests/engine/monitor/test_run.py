"""One month from captured predictions to reports, with a real registry and a real model."""

import json
import os
import re
import time
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from msgspec.json import encode

from parcels import source
from slipway import bundle, captured, registry
from slipway.contract.captured import Answerer, CapturedLine
from slipway.errors import ProjectError
from slipway.monitor import run
from slipway.objectives import objectives
from slipway.registry import tracking
from slipway.settings import settings
from slipway.training_data.columns import to_columns
from tests.engine.bucket import Bucket
from tests.engine.scoring.conftest import Publish

KINDS = ("html", "json", "prom")
MONTH = "2024-05"
STRANGER = "cd" * 32


@pytest.fixture(scope="module")
def may() -> pl.DataFrame:
    return source.read_features(date(2024, 5, 1), date(2024, 6, 1))


def capture(
    model: bundle.Model,
    rows: pl.DataFrame,
    digest: str = "",
    name: str = "1",
    month: str = MONTH,
    manifest: str | None = None,
) -> None:
    """Write rows as the service does after answering them, all of them below `month`."""
    answerer = Answerer(digest or model.model_digest, manifest or model.manifest_digest)
    table = captured.table(
        model.manifest.inputs, rows, model.predict(to_columns(rows)), answerer, "r"
    )
    place = Path(settings().captures, "prod")
    for path, (content, _) in captured.objects(table, "handed_over", name).items():
        own_month, _, rest = path.partition("/")
        object_ = place / month / rest.replace("/", f"/{own_month}-")
        object_.parent.mkdir(parents=True, exist_ok=True)
        object_.write_bytes(content)


def reported() -> dict[str, Any]:
    path = settings().reports / "prod" / f"monitor-{MONTH}.json"
    report: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return report


def test_a_month_gives_three_reports_and_a_sentence(
    model: bundle.Model, may: pl.DataFrame, capsys: pytest.CaptureFixture[str]
) -> None:
    capture(model, may)

    run.main(MONTH, "prod")

    report = reported()
    assert report["model"]["digest"] == model.model_digest
    assert report["performance"]["predictions"] == len(may)
    assert 0.8 < report["performance"]["labelled_share"] < 1
    assert 0.5 < report["performance"]["values"]["auc"] < 1
    assert report["decision"]["reason"] in capsys.readouterr().out
    kinds = sorted(path.suffix for path in (settings().reports / "prod").glob("monitor-*"))
    assert kinds == [".html", ".json", ".prom"]


def test_every_input_but_the_key_is_compared(model: bundle.Model, may: pl.DataFrame) -> None:
    capture(model, may)
    run.main(MONTH, "prod")
    compared = [feature["name"] for feature in reported()["drift"]["features"]]
    assert sorted(compared) == sorted(set(may.columns) - {"parcel_id"})


def test_the_training_data_itself_shows_no_drift(model: bundle.Model, rows_dir: Path) -> None:
    capture(model, pl.read_parquet(rows_dir / "train.parquet").drop("label"))
    run.main(MONTH, "prod")
    features = reported()["drift"]["features"]
    assert max(feature["psi"] for feature in features) == pytest.approx(0, abs=1e-9)


def test_labels_are_those_known_on_the_day(model: bundle.Model, may: pl.DataFrame) -> None:
    capture(model, may)
    run.main(MONTH, "prod", date(2024, 5, 4))
    report = reported()
    assert report["performance"]["rows"] == 0
    assert report["decision"]["status"] == "unknown"
    assert "look again with AS_OF=2024-06-04." in report["decision"]["reason"]


def test_a_month_that_the_model_was_trained_on_is_called_so(model: bundle.Model) -> None:
    april = source.read_features(date(2024, 4, 1), date(2024, 5, 1))
    capture(model, april, month="2024-04")
    run.main("2024-04", "prod", date(2024, 6, 1))
    path = settings().reports / "prod" / "monitor-2024-04.json"
    reason = json.loads(path.read_text("utf-8"))["decision"]["reason"]
    assert reason.endswith("trained on 13 days of this month: it looks better than it is.")


def test_corrected_and_repeated_labels_count_once(
    model: bundle.Model, may: pl.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    capture(model, may)
    run.main(MONTH, "prod")
    once = reported()["performance"]
    known = source.read_labels

    def corrected(start: date, end: date, as_of: date) -> pl.DataFrame:
        labels = known(start, end, as_of)
        return pl.concat([labels.with_columns(label=1 - pl.col("label")), labels, labels])

    monkeypatch.setattr(source, "read_labels", corrected)
    run.main(MONTH, "prod")
    assert reported()["performance"] == once


def test_labels_that_training_would_refuse_ask_to_be_mended(
    model: bundle.Model, may: pl.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    capture(model, may)
    known = source.read_labels
    tenth = pl.when(pl.int_range(pl.len()) % 10 == 0).then(2).otherwise("label").cast(pl.Int8)
    monkeypatch.setattr(source, "read_labels", lambda *days: known(*days).with_columns(label=tenth))
    run.main(MONTH, "prod")
    decision = reported()["decision"]
    assert (decision["status"], decision["retrain"]) == ("doubtful", False)
    assert re.match(r"112 of 1,1\d\d outcomes fit no label \('2' 112\): mend", decision["reason"])


def test_the_trend_remembers_earlier_months(model: bundle.Model, may: pl.DataFrame) -> None:
    (settings().reports / "prod").mkdir(parents=True)
    for month, text in (
        ("2024-03", '{"month": "2024-03", "performance": {"values": {"auc": 0.7}}}'),
        ("2024-04", "damaged"),
        ("2024-06", '{"month": "2024-06", "performance": {"values": {"auc": 0.9}}}'),
    ):
        (settings().reports / "prod" / f"monitor-{month}.json").write_text(text)
    capture(model, may)
    run.main(MONTH, "prod")
    assert [point["month"] for point in reported()["trend"]] == ["2024-03", MONTH]


def test_rows_of_another_model_are_counted_and_left_out(
    model: bundle.Model, may: pl.DataFrame
) -> None:
    capture(model, may)
    capture(model, may.head(7), digest=STRANGER, name="2")
    run.main(MONTH, "prod")
    report = reported()
    assert report["other_models"] == {STRANGER: 7}
    assert report["performance"]["predictions"] == len(may)


@pytest.mark.parametrize("named", [{"digest": STRANGER}, {"manifest": STRANGER}])
def test_a_registry_that_did_not_release_what_answered_is_named_as_another_one(
    model: bundle.Model, may: pl.DataFrame, named: dict[str, str]
) -> None:
    capture(model, may.head(7), **named)
    digest = named.get("digest", model.model_digest)[:12]
    said = f"^Model {digest} answered the requests but was released from another registry, MLflow"
    with pytest.raises(ProjectError, match=said):
        run.main(MONTH, "prod")
    assert not list(settings().reports.rglob("monitor-*"))


@pytest.mark.parametrize("month", ["2013-4", "2013-13", "April", "../../etc", "2013-04-01"])
def test_what_is_no_month_is_refused(month: str) -> None:
    with pytest.raises(ProjectError, match="is no month: write it as 2013-04"):
        run.main(month, "prod")


def test_a_month_that_nobody_served_is_an_error() -> None:
    with pytest.raises(ProjectError, match="No captured prediction in"):
        run.main(MONTH, "prod")


def test_the_newest_month_that_can_be_judged_is_watched(
    model: bundle.Model, may: pl.DataFrame, capsys: pytest.CaptureFixture[str]
) -> None:
    capture(model, may)
    capture(model, source.read_features(date(2024, 6, 1), date(2024, 6, 2)), month="2024-06")
    capture(model, may.head(1), month="9999-12")
    proof = CapturedLine("2024-07-01T00:00:00Z", model.model_digest, "r", "proof-0", {}, 0.5)
    (Path(settings().captures) / "prod" / "2024-07").mkdir()
    (Path(settings().captures) / "prod" / "2024-07" / "1.jsonl").write_bytes(encode(proof))
    run.main(None, "prod", date(2024, 7, 1))
    assert reported()["as_of"] == "2024-07-01"
    assert "2024-05, labels known on 2024-07-01" in capsys.readouterr().out


def test_without_labels_the_newest_month_is_watched(model: bundle.Model, may: pl.DataFrame) -> None:
    capture(model, may)
    run.main(None, "prod", date(2024, 5, 2))
    assert reported()["decision"]["status"] == "unknown"


def test_an_environment_that_nobody_asked_is_an_error() -> None:
    with pytest.raises(ProjectError, match=r"captures/dev: serve requests there first\.$"):
        run.main(None, "dev")


def test_the_labels_of_a_month_that_still_runs_are_those_of_today(
    model: bundle.Model, may: pl.DataFrame
) -> None:
    today = date.today()
    capture(model, may, month=f"{today:%Y-%m}")
    run.main(f"{today:%Y-%m}", "prod")
    path = settings().reports / "prod" / f"monitor-{today:%Y-%m}.json"
    assert json.loads(path.read_text("utf-8"))["as_of"] == str(today)


def test_a_workflow_finds_one_file_a_value(
    model: bundle.Model, may: pl.DataFrame, publish: Publish, tmp_path: Path
) -> None:
    capture(model, may)
    before = time.time()
    publish(registry.newest())
    run.main(MONTH, "prod", result=tmp_path / "results")
    results = {path.name: path.read_text() for path in (tmp_path / "results").iterdir()}
    decided = reported()["decision"]["retrain"]
    assert results.pop("decision") == ("retrain\n" if decided else "keep\n")
    assert float(results.pop("quality")) == pytest.approx(
        reported()["performance"]["values"]["auc"], abs=1e-4
    )
    assert int(results.pop("finished")) >= int(before)
    assert before - 3600 < float(results.pop("registered")) < time.time()
    assert float(results.pop("value")) == pytest.approx(
        reported()["performance"]["values"]["value_per_1000"], abs=1e-2
    )
    named = {"as-of": "2024-06-01\n", "month": "2024-05\n", "refusals": "0\n"}
    assert named.items() <= results.items()
    assert all(text.count("\n") == 1 for text in results.values())


def test_refusals_are_counted_since_the_last_challenger_that_passed(
    model: bundle.Model, may: pl.DataFrame
) -> None:
    number = registry.newest().number
    with tracking.client() as client:
        client.set_model_version_tag(registry.newest().name, str(number), "gate", "refused")
    assert registry.refusals_in_a_row() == 1
    with tracking.client() as client:
        client.set_model_version_tag(registry.newest().name, str(number), "gate", "passed")
    assert registry.refusals_in_a_row() == 0


def test_captures_and_reports_that_are_too_old_are_removed(
    model: bundle.Model, may: pl.DataFrame, capsys: pytest.CaptureFixture[str]
) -> None:
    capture(model, may)
    old = Path(settings().captures, "prod", "2023-01", "1.jsonl")
    old.parent.mkdir()
    old.touch()
    long_ago = time.time() - (objectives().monitoring.retention_days + 1) * 24 * 3600
    os.utime(old, (long_ago, long_ago))
    run.main(MONTH, "prod")
    assert not old.exists()
    assert "removed 1 old objects" in capsys.readouterr().out


def test_in_a_cluster_captures_and_reports_are_in_the_bucket(
    model: bundle.Model, may: pl.DataFrame, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    capture(model, may)
    place = Path(settings().captures)
    for path in place.rglob("*.parquet"):
        bucket.objects[f"project/captures/{path.relative_to(place)}"] = path.read_bytes()
    stores = {"CAPTURE_STORE": "s3://project/captures", "MONITOR_STORE": "s3://project/monitor"}
    for name, value in {**bucket.variables(), **stores}.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    run.main(MONTH, "prod")
    kept = {path for path in bucket.objects if path.startswith("project/monitor/prod/monitor-")}
    assert kept == {f"project/monitor/prod/monitor-{MONTH}.{kind}" for kind in KINDS}
    assert (settings().reports / "prod" / f"monitor-{MONTH}.html").exists()  # to look at
