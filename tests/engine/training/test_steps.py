import json
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from slipway import bundle, steps
from slipway.data import snapshot
from slipway.data.snapshot import SnapshotId
from slipway.errors import ProjectError
from slipway.objectives import objectives
from slipway.training.window import window

AS_OF = date(2013, 4, 1)


def test_the_window_holds_only_days_whose_labels_are_known() -> None:
    start, split, end = window(AS_OF)
    assert end == date(2013, 3, 29)
    assert (end - split).days == objectives().training.holdout_days
    assert (split - start).days == objectives().training.window_days


def test_ingesting_twice_gives_one_snapshot(tmp_path: Path) -> None:
    for name in ("first", "second"):
        steps.ingest(AS_OF, tmp_path / name)
    texts = [(tmp_path / name / "snapshot.json").read_text() for name in ("first", "second")]
    assert texts[0] == texts[1]
    snapshot.verify(SnapshotId.parse(texts[0]))


def test_a_period_without_data_is_told(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match="no rows of 2011-09-18 to 2011-12-31"):
        steps.ingest(date(2012, 1, 3), tmp_path)


def test_the_split_keeps_the_newest_days_for_the_gate(rows_dir: Path) -> None:
    split = window(AS_OF).split
    train = pl.read_parquet(rows_dir / "train.parquet")["handed_over"]
    holdout = pl.read_parquet(rows_dir / "holdout.parquet")["handed_over"]
    assert train.dt.date().max() < split <= holdout.dt.date().min()


def test_a_side_of_the_split_without_rows_is_told(flights: pl.DataFrame, tmp_path: Path) -> None:
    flights.drop("label").write_parquet(tmp_path / "features.parquet")
    flights.select("parcel_id", "label").write_parquet(tmp_path / "labels.parquet")
    with pytest.raises(ProjectError, match="No labelled rows on one side of 2013-06-14"):
        steps.split(tmp_path, date(2013, 7, 1))


def test_bad_rows_are_kept_with_the_reason_and_not_trained_on(
    flights: pl.DataFrame, rows_dir: Path, tmp_path: Path
) -> None:
    worst = flights["parcel_id"][0]
    damaged = flights.drop("label").with_columns(
        pl.when(pl.col("parcel_id") == worst).then(9e9).otherwise("pressure").alias("pressure")
    )
    damaged.cast({"pressure": pl.Float32}).write_parquet(tmp_path / "features.parquet")
    flights.select("parcel_id", "label").write_parquet(tmp_path / "labels.parquet")
    (tmp_path / "snapshot.json").write_bytes((rows_dir / "snapshot.json").read_bytes())
    steps.validate(AS_OF, tmp_path, tmp_path / "rows")
    assert pl.read_parquet(tmp_path / "rows" / "quarantine.parquet")["parcel_id"][0] == worst
    assert json.loads((tmp_path / "rows" / "quarantine.json").read_text()) == {"pressure|max": 1}
    kept = pl.read_parquet(tmp_path / "rows" / "train.parquet")["parcel_id"]
    assert worst not in kept.to_list()


def test_the_manifest_says_what_the_model_was_made_of(bundle_dir: Path, rows_dir: Path) -> None:
    manifest = bundle.read_manifest(bundle_dir)
    assert manifest.as_of == "2013-04-01"
    assert manifest.snapshot == SnapshotId.parse((rows_dir / "snapshot.json").read_text())
    assert (manifest.training.start, manifest.training.end) == ("2012-12-15", "2013-03-15")
    assert manifest.training.parameters["num_iterations"] == 20
    assert manifest.threshold == manifest.metrics.threshold
    assert set(manifest.baseline.features) == {
        spec.name for spec in manifest.inputs if spec.role != "key"
    }


def test_the_same_rows_give_the_same_bundle(
    rows_dir: Path, bundle_dir: Path, tmp_path: Path
) -> None:
    steps.train(rows_dir, tmp_path / "fitted", bundle.read_manifest(bundle_dir).training.parameters)
    steps.evaluate(AS_OF, rows_dir, tmp_path / "fitted", tmp_path / "full")
    for file in (bundle.MODEL_FILE, bundle.MANIFEST_FILE):
        assert (tmp_path / "full" / file).read_bytes() == (bundle_dir / file).read_bytes()


def test_a_compressed_bundle_is_judged_anew(
    rows_dir: Path, fitted_dir: Path, bundle_dir: Path, tmp_path: Path
) -> None:
    steps.compress(rows_dir, fitted_dir, bundle_dir, tmp_path)
    full, compressed = bundle.load(bundle_dir).manifest, bundle.load(tmp_path).manifest
    candidates = json.loads((tmp_path / "compression.json").read_text())
    report = {candidate["recipe"]: candidate for candidate in candidates}
    assert compressed.metrics.auc == report[compressed.model.recipe]["auc"]
    assert compressed.model.bytes <= full.model.bytes
    assert compressed.snapshot == full.snapshot


FULL_DISK = """
import resource, signal, sys
from datetime import date
from pathlib import Path
from slipway import steps
from slipway.errors import ProjectError
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
try:
    steps.validate(date(2013, 4, 1), Path(sys.argv[1]), Path(sys.argv[2]))
except ProjectError as error:
    print(error)
"""


def test_a_full_disk_is_told_and_leaves_no_half_of_a_file(
    flights: pl.DataFrame, rows_dir: Path, tmp_path: Path
) -> None:
    data, output = tmp_path / "data", tmp_path / "output"
    data.mkdir()
    flights.drop("label").write_parquet(data / "features.parquet")
    flights.select("parcel_id", "label").write_parquet(data / "labels.parquet")
    shutil.copy(rows_dir / "snapshot.json", data)
    command = [sys.executable, "-c", FULL_DISK, str(data), str(output)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout.startswith(f"{output}/train.parquet could not be written: File too large")
    assert list(output.iterdir()) == []
