"""A champion that was trained on rows of the gate: the comparison says so."""

from pathlib import Path

import msgspec
import pytest

from slipway import bundle, gate
from slipway.contract.gate import GateReport
from slipway.training_data.columns import read_columns


def report(champion: Path, challenger: Path, rows_dir: Path) -> GateReport:
    """Judge `challenger` on the rows that its training left out."""
    rows = read_columns(rows_dir / "holdout.parquet")
    return gate.judge(bundle.load(challenger), gate.measured_champion(champion, rows), rows)


@pytest.fixture
def later_champion(bundle_dir: Path, tmp_path: Path) -> Path:
    """Return the champion of a later day: it was trained on the first five of the gate's days."""
    manifest, _, onnx_bytes = bundle.verify(bundle_dir)
    training = msgspec.structs.replace(manifest.training, end="2024-04-19")
    changed = msgspec.structs.replace(manifest, training=training)
    bundle.write(tmp_path / "later", onnx_bytes, changed)
    return tmp_path / "later"


def test_a_champion_that_knows_rows_of_the_gate_is_called_so(
    later_champion: Path, bundle_dir: Path, rows_dir: Path
) -> None:
    judged = report(later_champion, bundle_dir, rows_dir)
    assert judged.sentence.endswith(" The champion was trained on 5 days of these rows.")
    assert judged.champion is not None
    assert (judged.champion.trained_days, judged.challenger.trained_days) == (5, 0)


def test_a_champion_that_knows_none_of_them_needs_no_word(bundle_dir: Path, rows_dir: Path) -> None:
    assert "trained on" not in report(bundle_dir, bundle_dir, rows_dir).sentence


def test_a_report_of_before_can_still_be_read(bundle_dir: Path, rows_dir: Path) -> None:
    document = msgspec.to_builtins(report(bundle_dir, bundle_dir, rows_dir))
    for side in ("challenger", "champion"):
        del document[side]["trained_days"]
    old = msgspec.convert(document, GateReport)
    assert old.champion is not None
    assert old.champion.trained_days == 0
