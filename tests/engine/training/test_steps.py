import json
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from parcels import model
from slipway import bundle
from slipway.errors import ProjectError
from slipway.objectives import objectives
from slipway.training import steps
from slipway.training.window import window
from slipway.training_data import snapshot
from slipway.training_data.columns import read_columns
from tests.engine.kit import AS_OF, bundle_of


@pytest.fixture
def data(parcels: pl.DataFrame, rows_dir: Path, tmp_path: Path) -> Path:
    """Return what the ingestion writes for `parcels`."""
    directory = tmp_path / "data"
    directory.mkdir()
    parcels.drop("label").write_parquet(directory / "features.parquet")
    parcels.select("parcel_id", "label").write_parquet(directory / "labels.parquet")
    shutil.copy(rows_dir / "snapshot.json", directory)
    return directory


def test_the_window_holds_only_days_whose_labels_are_known() -> None:
    start, split, end = window(AS_OF)
    assert end == date(2024, 4, 28)
    assert (end - split).days == objectives().training.holdout_days
    assert (split - start).days == objectives().training.window_days


def test_ingesting_twice_gives_one_snapshot(tmp_path: Path) -> None:
    for name in ("first", "second"):
        steps.ingest(AS_OF, tmp_path / name)
    texts = [(tmp_path / name / "snapshot.json").read_text() for name in ("first", "second")]
    assert texts[0] == texts[1]
    snapshot.verify(snapshot.parse(texts[0]))


def test_a_period_without_data_is_told(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match="no rows of 2023-09-18 to 2023-12-31"):
        steps.ingest(date(2024, 1, 3), tmp_path)
    assert list(tmp_path.glob("*.parquet")) == []


def test_the_split_keeps_the_newest_days_for_the_gate(rows_dir: Path) -> None:
    split = window(AS_OF).split
    train = pl.read_parquet(rows_dir / "train.parquet")["handed_over"].dt.date()
    holdout = pl.read_parquet(rows_dir / "holdout.parquet")["handed_over"].dt.date()
    assert len(train) > len(holdout) > 0
    assert (train < split).all()
    assert (holdout >= split).all()


def test_bad_rows_are_kept_with_the_reason_and_not_trained_on(data: Path, tmp_path: Path) -> None:
    features = pl.read_parquet(data / "features.parquet")
    worst = features["parcel_id"][0]
    weight = pl.when(pl.col("parcel_id") == worst).then(9e9).otherwise("weight")
    damaged = features.with_columns(weight.cast(pl.Float32).alias("weight"))
    damaged.write_parquet(data / "features.parquet")
    steps.validate(AS_OF, data, tmp_path / "rows")
    assert pl.read_parquet(tmp_path / "rows" / "quarantine.parquet")["parcel_id"][0] == worst
    assert json.loads((tmp_path / "rows" / "quarantine.json").read_text()) == {"weight|max": 1}
    kept = pl.read_parquet(tmp_path / "rows" / "train.parquet")["parcel_id"]
    assert worst not in kept.to_list()


def test_the_manifest_says_what_the_model_was_made_of(bundle_dir: Path, rows_dir: Path) -> None:
    manifest = bundle.read_manifest(bundle_dir)
    assert (manifest.name, manifest.task) == ("late-parcels", "binary")
    assert manifest.as_of == "2024-05-01"
    assert manifest.snapshot == snapshot.parse((rows_dir / "snapshot.json").read_text())
    assert (manifest.training.start, manifest.training.end) == ("2024-01-15", "2024-04-14")
    assert manifest.training.rows == len(pl.read_parquet(rows_dir / "train.parquet"))
    assert manifest.training.parameters == model.MODEL.parameters
    assert manifest.training.parameters["num_iterations"] == 20
    assert set(manifest.baseline.features) == {
        spec.name for spec in manifest.inputs if spec.role != "key"
    }


def test_the_decision_acts_on_the_share_that_the_kpi_allows(
    bundle_dir: Path, rows_dir: Path
) -> None:
    loaded = bundle.load(bundle_dir)
    holdout = read_columns(rows_dir / "holdout.parquet")
    capacity = objectives().kpi.model_dump()["capacity"]
    acted = loaded.predict(holdout) >= loaded.manifest.decision["threshold"]
    assert acted.mean() == pytest.approx(capacity, abs=0.02)


def test_the_same_rows_give_the_same_bundle(
    rows_dir: Path, bundle_dir: Path, tmp_path: Path
) -> None:
    steps.train(rows_dir, tmp_path / "fitted")
    again = bundle_of(rows_dir, tmp_path / "fitted", tmp_path)
    for file in (bundle.MODEL_FILE, bundle.MANIFEST_FILE):
        assert (again / file).read_bytes() == (bundle_dir / file).read_bytes()


def test_the_model_that_is_judged_is_the_compressed_one(
    rows_dir: Path, fitted_dir: Path, bundle_dir: Path, tmp_path: Path
) -> None:
    compressed = tmp_path / "compressed"
    steps.compress(rows_dir, fitted_dir, compressed)
    metrics = steps.evaluate(AS_OF, rows_dir, fitted_dir, compressed, tmp_path / "bundle")
    full, released = bundle.load(bundle_dir).manifest, bundle.load(tmp_path / "bundle").manifest
    candidates = json.loads((compressed / "compression.json").read_text())
    report = {candidate["recipe"]: candidate for candidate in candidates}
    assert metrics == released.metrics
    assert metrics.values["auc"] == report[released.model.recipe]["quality"]
    assert released.model.bytes == report[released.model.recipe]["bytes"] <= full.model.bytes
    assert released.snapshot == full.snapshot


FULL_DISK = """
import resource, signal, sys
from datetime import date
from pathlib import Path
from slipway.training import steps
from slipway.errors import ProjectError
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
try:
    steps.validate(date(2024, 5, 1), Path(sys.argv[1]), Path(sys.argv[2]))
except ProjectError as error:
    print(error)
"""


def test_a_full_disk_is_told_and_leaves_no_half_of_a_file(data: Path, tmp_path: Path) -> None:
    output = tmp_path / "output"
    command = [sys.executable, "-c", FULL_DISK, str(data), str(output)]
    child = subprocess.run(command, capture_output=True, text=True, check=False)
    assert child.stdout.startswith(f"{output}/train.parquet could not be written: File too large")
    assert list(output.iterdir()) == []
