"""What a network does with the memory and the numbers of a device; no GPU is asked for."""

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from slipway.errors import ProjectError
from slipway.families.network import FITTED, Network, library
from tests.engine.families.kit import Kept, rows, whole

FEW: dict[str, Any] = {"epochs": 2, "batch_size": 100}


class Watched(nn.Linear):  # type: ignore[misc]  # mypy does not look into PyTorch
    """Notes how many rows it is given, and in which numbers it computes."""

    calls: list[tuple[int, torch.dtype, bool]]

    def forward(self, features: Any) -> Any:
        scores = super().forward(features)
        mixed = torch.is_autocast_enabled("cpu")
        self.calls.append((int(features.shape[0]), scores.dtype, mixed))
        return scores


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, torch.dtype, bool]]:
    monkeypatch.setattr(Watched, "calls", [], raising=False)
    return Watched.calls


def test_no_more_rows_are_answered_at_once_than_the_batch_size(
    calls: list[tuple[int, torch.dtype, bool]], tmp_path: Path
) -> None:
    Network(module=Watched, **FEW).fit(rows("log_loss"), tmp_path)  # 300 rows are held out
    assert max(count for count, _, _ in calls) == 100


def test_a_cpu_computes_in_float32_whatever_is_said(
    calls: list[tuple[int, torch.dtype, bool]], tmp_path: Path
) -> None:
    data = rows("log_loss", 500)
    models = {
        whole(Network(module=Watched, mixed_precision=mixed, **FEW), data, tmp_path)
        for mixed in (True, False)
    }
    assert {(kind, mixed) for _, kind, mixed in calls} == {(torch.float32, False)}
    assert len(models) == 1


@pytest.mark.parametrize(
    ("kind", "has_bfloat16", "wanted", "enabled"),
    [
        ("cuda", True, True, True),
        ("cuda", True, False, False),
        ("cuda", False, True, False),
        ("cpu", True, True, False),
    ],
)
def test_a_gpu_that_has_bfloat16_uses_it_unless_told_not_to(
    kind: str, has_bfloat16: bool, wanted: bool, enabled: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def supported(including_emulation: bool) -> bool:
        return has_bfloat16 and not including_emulation

    monkeypatch.setattr(torch.cuda, "is_bf16_supported", supported)
    monkeypatch.setattr(torch, "autocast", lambda *_, enabled: enabled)
    assert library.mixed_precision(torch.device(kind), wanted) is enabled


class Hungry(nn.Linear):  # type: ignore[misc]
    """Has no room to learn in."""

    def forward(self, features: Any) -> Any:
        if self.training:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")
        return super().forward(features)


def test_a_gpu_with_too_little_memory_is_told_in_a_sentence(tmp_path: Path) -> None:
    sentence = r"too little memory for batches of 100 rows: lower batch_size in model\.py"
    with pytest.raises(ProjectError, match=sentence) as told:
        Network(module=Hungry, **FEW).fit(rows("log_loss", 500), tmp_path)
    assert "\n" not in str(told.value)
    assert not (tmp_path / FITTED).exists()


def test_each_epoch_is_told_once(tmp_path: Path) -> None:
    kept = Kept()
    Network(width=8, epochs=3, batch_size=100).resume(rows("log_loss", 500), tmp_path, kept)
    assert list(kept.told) == [1, 2, 3]
    assert kept.told[2].startswith("epoch 2 of 3: training loss 0.")
