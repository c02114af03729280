"""A training gives the same model from the same rows, in any process."""

import os
import subprocess
import sys
from pathlib import Path

import msgspec

from slipway import bundle, project
from slipway.command import outside_hooks
from slipway.contract.manifest import Manifest
from slipway.features import Columns
from slipway.training import manifests
from slipway.training_data.columns import read_columns

from .plugin import Trained

AGAIN = """
from datetime import date
from pathlib import Path
import sys
from slipway.testing.plugin import Trained, fit
fit(Trained(date.fromisoformat(sys.argv[1]), *map(Path, sys.argv[2:])))
"""


def test_the_same_rows_give_the_same_bytes_in_another_process(
    trained: Trained, tmp_path: Path
) -> None:
    again = trained._replace(
        fitted=tmp_path / "fitted", compressed=tmp_path / "compressed", bundle=tmp_path / "bundle"
    )
    words = [sys.executable, "-c", AGAIN, *map(str, again)]
    changed = {
        "PYTHONHASHSEED": "20",
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
    }
    subprocess.run(words, check=True, env=outside_hooks(os.environ | changed), capture_output=True)
    for name in (bundle.MODEL_FILE, bundle.MANIFEST_FILE):
        assert (again.bundle / name).read_bytes() == (trained.bundle / name).read_bytes()


def test_the_pipeline_compiles_to_the_same_bytes_again(tmp_path: Path) -> None:
    first, second = (manifests.write(tmp_path / name) for name in ("first", "second"))
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]


def test_a_row_has_the_same_features_alone_and_among_others(trained: Trained) -> None:
    features = project.features()
    columns = read_columns(trained.rows / "holdout.parquet")
    encoder = msgspec.convert(_manifest(trained).encoder, features.Encoder)
    together = features.transform(columns, encoder)
    assert together.shape == (len(together), len(features.FEATURES))
    for row in {0, len(together) // 2, len(together) - 1}:
        alone = features.transform(_only(columns, row), encoder)
        assert alone.tobytes() == together[row : row + 1].tobytes()


def test_the_manifest_names_the_features_of_this_code(trained: Trained) -> None:
    assert bundle.same_features(_manifest(trained))


def _manifest(trained: Trained) -> Manifest:
    return bundle.read_manifest(trained.bundle)


def _only(columns: Columns, row: int) -> Columns:
    return {name: column[row : row + 1] for name, column in columns.items()}
