from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import numpy as np
import pytest
import yaml

from slipway.bundle import MODEL_FILE, open_session
from slipway.contract.compression import Candidate
from slipway.contract.manifest import FULL
from slipway.objectives import objectives
from slipway.training import compress, steps


class Chosen(NamedTuple):
    """What the compression step wrote."""

    recipe: str
    onnx_bytes: bytes
    candidates: list[Candidate]


class Compression:
    """Run the step on one fitted model with budgets of the caller's."""

    def __init__(self, project: Path, rows: Path, fitted: Path, output: Path) -> None:
        self.objectives = project / "objectives.yaml"
        self.directories = rows, fitted, output

    def __call__(self, quality_loss: float, disagreement: float) -> Chosen:
        targets: dict[str, Any] = yaml.safe_load(self.objectives.read_text())
        targets["compression"] = {
            "quality_loss_maximum": quality_loss,
            "disagreement_maximum": disagreement,
        }
        self.objectives.write_text(yaml.safe_dump(targets))
        objectives.cache_clear()
        steps.compress(*self.directories)
        output = self.directories[-1]
        return Chosen(
            msgspec.json.decode((output / "recipe.json").read_bytes(), type=str),
            (output / MODEL_FILE).read_bytes(),
            msgspec.json.decode((output / "compression.json").read_bytes(), type=list[Candidate]),
        )


@pytest.fixture
def choose(project: Path, rows_dir: Path, fitted_dir: Path, tmp_path: Path) -> Compression:
    return Compression(project, rows_dir, fitted_dir, tmp_path / "compressed")


def test_the_smallest_model_within_the_budget_wins(choose: Compression) -> None:
    chosen = choose(quality_loss=1, disagreement=1)
    sizes = {candidate.recipe: candidate.bytes for candidate in chosen.candidates}
    assert len(sizes) == 6
    assert sizes[chosen.recipe] == len(chosen.onnx_bytes) == min(sizes.values())
    assert all(candidate.passed for candidate in chosen.candidates)


def test_the_full_model_wins_when_no_other_is_good_enough(
    choose: Compression, fitted_dir: Path
) -> None:
    chosen = choose(quality_loss=1, disagreement=0)
    assert chosen.recipe == FULL
    assert [candidate.recipe for candidate in chosen.candidates if candidate.passed] == [FULL]
    assert chosen.onnx_bytes == (fitted_dir / MODEL_FILE).read_bytes()


def test_a_model_that_loses_more_quality_than_the_budget_is_not_taken(choose: Compression) -> None:
    chosen = choose(quality_loss=0.005, disagreement=1)
    full, *smaller = chosen.candidates
    assert full.recipe == FULL
    assert {candidate.passed for candidate in smaller} == {True, False}
    for candidate in smaller:
        assert candidate.passed == (full.quality - candidate.quality <= 0.005)


def test_a_smaller_model_that_is_slower_on_one_row_is_not_chosen(
    choose: Compression, monkeypatch: pytest.MonkeyPatch
) -> None:
    fast = choose(quality_loss=1, disagreement=1)
    monkeypatch.setattr(compress, "_slower", lambda *_: True)
    slow = choose(quality_loss=1, disagreement=1)
    assert fast.recipe != FULL
    assert slow.recipe == FULL
    assert all(candidate.passed for candidate in slow.candidates)


def test_how_fast_the_machine_is_does_not_change_the_choice(
    choose: Compression, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = choose(quality_loss=0.01, disagreement=0.05)
    latencies = iter(range(1000, 0, -7))
    monkeypatch.setattr(compress, "_latency", lambda *_: float(next(latencies)))
    second = choose(quality_loss=0.01, disagreement=0.05)
    assert second.candidates[0].p50_us_1_row == 1000
    assert (first.recipe, first.onnx_bytes) == (second.recipe, second.onnx_bytes)


@pytest.mark.parametrize(("seconds", "slower"), [(0, False), (0.001, True)])
def test_a_model_is_slower_if_it_takes_clearly_longer_than_the_full_one(
    fitted_dir: Path, monkeypatch: pytest.MonkeyPatch, seconds: float, slower: bool
) -> None:
    full, row = (fitted_dir / MODEL_FILE).read_bytes(), np.zeros((1, 8), np.float32)
    first, second = open_session(full), open_session(full)
    measured = compress._seconds
    monkeypatch.setattr(
        compress,
        "_seconds",
        lambda session, rows: measured(session, rows) + seconds * (session is first),
    )
    assert compress._slower(first, second, row) is slower


def test_every_candidate_reports_its_cost(choose: Compression) -> None:
    for candidate in choose(quality_loss=0, disagreement=0).candidates:
        assert candidate.bytes > 0
        assert 0 < candidate.p50_us_1_row < 100_000
        assert 0 < candidate.p50_us_64_rows < 100_000
