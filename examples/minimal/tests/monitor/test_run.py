"""One month from captured predictions to reports, with a real registry and a real model."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import polars as pl
import pytest

from flight_delays import bundle, registry
from flight_delays.config import settings
from flight_delays.data import source
from flight_delays.data.columns import to_columns
from flight_delays.errors import ProjectError
from flight_delays.monitor import run
from flight_delays.serve.capture import CapturedRow

MONTH = "2013-04"
STRANGER = "cd" * 32


@pytest.fixture(scope="module")
def april() -> pl.DataFrame:
    return source.read_features(date(2013, 4, 1), date(2013, 5, 1)).gather_every(10)


@pytest.fixture
def model(empty_registry: None, bundle_dir: Path) -> bundle.Model:
    registry.register(bundle_dir)
    return bundle.load(bundle_dir)


def capture(model: bundle.Model, rows: pl.DataFrame, digest: str = "", name: str = "1") -> None:
    """Write rows as the service does after answering them."""
    directory = settings().captures / MONTH
    directory.mkdir(parents=True, exist_ok=True)
    probabilities = model.predict(to_columns(rows)).tolist()
    inputs = rows.with_columns(pl.col("scheduled_departure").dt.to_string("iso:strict"))
    predictions = [
        CapturedRow(
            time="2013-04-01T00:00:00.000+00:00",
            model=digest or model.model_digest,
            request="r",
            key=row.pop("flight_id"),
            columns=row,
            probability=probability,
        )
        for row, probability in zip(inputs.to_dicts(), probabilities, strict=True)
    ]
    lines = msgspec.json.Encoder().encode_lines(predictions)
    (directory / f"{name}.jsonl").write_bytes(lines)


def reported() -> dict[str, Any]:
    path = settings().reports / f"monitor-{MONTH}.json"
    report: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return report


def test_a_month_gives_three_reports_and_a_sentence(
    model: bundle.Model, april: pl.DataFrame, capsys: pytest.CaptureFixture[str]
) -> None:
    capture(model, april)

    run.main(MONTH)

    report = reported()
    assert report["model"]["digest"] == model.model_digest
    assert report["performance"]["predictions"] == len(april)
    assert 0.8 < report["performance"]["labelled_share"] < 1
    assert 0.5 < report["performance"]["auc"] < 1
    assert report["decision"]["reason"] in capsys.readouterr().out
    kinds = sorted(path.suffix for path in settings().reports.iterdir())
    assert kinds == [".html", ".json", ".prom"]


def test_every_input_but_the_key_is_compared(model: bundle.Model, april: pl.DataFrame) -> None:
    capture(model, april)
    run.main(MONTH)
    compared = [feature["name"] for feature in reported()["drift"]["features"]]
    assert sorted(compared) == sorted(set(april.columns) - {"flight_id"})


def test_the_training_data_itself_shows_no_drift(model: bundle.Model, rows_dir: Path) -> None:
    capture(model, pl.read_parquet(rows_dir / "train.parquet").drop("label"))
    run.main(MONTH)
    features = reported()["drift"]["features"]
    assert max(feature["psi"] for feature in features) == pytest.approx(0, abs=1e-9)


def test_labels_are_those_known_on_the_day(model: bundle.Model, april: pl.DataFrame) -> None:
    capture(model, april)
    run.main(MONTH, date(2013, 4, 4))
    report = reported()
    assert report["performance"]["rows"] == 0
    assert report["decision"]["status"] == "unknown"


def test_the_trend_remembers_earlier_months(model: bundle.Model, april: pl.DataFrame) -> None:
    settings().reports.mkdir(parents=True)
    for month, text in (
        ("2013-02", '{"month": "2013-02", "performance": {"auc": 0.7}}'),
        ("2013-03", "damaged"),
        ("2013-05", '{"month": "2013-05", "performance": {"auc": 0.9}}'),
    ):
        (settings().reports / f"monitor-{month}.json").write_text(text)
    capture(model, april)
    run.main(MONTH)
    assert [point["month"] for point in reported()["trend"]] == ["2013-02", MONTH]


def test_rows_of_another_model_are_counted_and_left_out(
    model: bundle.Model, april: pl.DataFrame
) -> None:
    capture(model, april)
    capture(model, april.head(7), digest=STRANGER, name="2")
    run.main(MONTH)
    report = reported()
    assert report["other_models"] == {STRANGER: 7}
    assert report["performance"]["predictions"] == len(april)


def test_a_model_that_is_not_registered_is_an_error(
    model: bundle.Model, april: pl.DataFrame
) -> None:
    capture(model, april.head(7), digest=STRANGER)
    with pytest.raises(ProjectError, match="cdcdcdcdcdcd answered the requests but is not in"):
        run.main(MONTH)
    assert not settings().reports.exists()


@pytest.mark.parametrize("month", ["2013-4", "2013-13", "April", "../../etc", "2013-04-01", ""])
def test_what_is_no_month_is_refused(month: str) -> None:
    with pytest.raises(ProjectError, match="is no month: write it as 2013-04"):
        run.main(month)


def test_a_month_that_nobody_served_is_an_error() -> None:
    with pytest.raises(ProjectError, match="No captured prediction in"):
        run.main(MONTH)
