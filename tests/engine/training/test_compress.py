from pathlib import Path

import pytest

from slipway import compress, train
from slipway.bundle import read_manifest
from slipway.compress import Choice
from slipway.data.columns import read_columns
from slipway.features import transform
from slipway.contract.manifest import FULL
from slipway.objectives import Compression


def choose(rows_dir: Path, fitted_dir: Path, bundle_dir: Path, budget: Compression) -> Choice:
    encoder = read_manifest(bundle_dir).encoder
    holdout = read_columns(rows_dir / "holdout.parquet")
    return compress.compress(
        train.load_booster((fitted_dir / "booster.txt").read_text()),
        transform(read_columns(rows_dir / "train.parquet"), encoder),
        transform(holdout, encoder),
        holdout["label"],
        budget,
    )


def test_the_smallest_model_within_the_budget_wins(
    rows_dir: Path, fitted_dir: Path, bundle_dir: Path
) -> None:
    budget = Compression(auc_loss_maximum=1, disagreement_maximum=1)
    choice = choose(rows_dir, fitted_dir, bundle_dir, budget)
    sizes = {candidate.recipe: candidate.bytes for candidate in choice.candidates}
    assert sizes[choice.recipe] == len(choice.onnx_bytes) == min(sizes.values())
    assert all(candidate.passed for candidate in choice.candidates)


def test_the_full_model_wins_when_no_other_is_good_enough(
    rows_dir: Path, fitted_dir: Path, bundle_dir: Path
) -> None:
    budget = Compression(auc_loss_maximum=1, disagreement_maximum=0)
    choice = choose(rows_dir, fitted_dir, bundle_dir, budget)
    assert choice.recipe == FULL
    assert [candidate.recipe for candidate in choice.candidates if candidate.passed] == [FULL]
    assert choice.onnx_bytes == (bundle_dir / "model.onnx").read_bytes()


def test_speed_does_not_change_the_choice(
    rows_dir: Path, fitted_dir: Path, bundle_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    budget = Compression(auc_loss_maximum=0.01, disagreement_maximum=0.05)
    first = choose(rows_dir, fitted_dir, bundle_dir, budget)
    latencies = iter(range(1000, 0, -7))
    monkeypatch.setattr(compress, "_latency", lambda *_: float(next(latencies)))
    second = choose(rows_dir, fitted_dir, bundle_dir, budget)
    assert (first.recipe, first.onnx_bytes) == (second.recipe, second.onnx_bytes)


def test_every_candidate_reports_its_cost(
    rows_dir: Path, fitted_dir: Path, bundle_dir: Path
) -> None:
    budget = Compression(auc_loss_maximum=0, disagreement_maximum=0)
    for candidate in choose(rows_dir, fitted_dir, bundle_dir, budget).candidates:
        assert candidate.bytes > 0
        assert 0 < candidate.p50_us_1_row < 100_000
        assert 0 < candidate.p50_us_64_rows < 100_000
