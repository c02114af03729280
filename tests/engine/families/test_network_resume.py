"""A network whose process was ended goes on with its last state, and ends in the same bytes."""

import multiprocessing
import os
import signal
import time
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from slipway.families.network import Network
from slipway.families.network.state import State
from slipway.settings import settings
from slipway.training import following, steps
from slipway.training.checkpoints import Record
from tests.engine.families.kit import (
    LOSSES,
    Kept,
    interrupted,
    keeps_unasked,
    rows,
    taught_again,
    whole,
)

SMALL: dict[str, Any] = {"width": 16, "epochs": 4, "batch_size": 256, "dropout": 0.3}
BATCHES = 3 * 4  # 900 rows teach in batches of 256, for 4 epochs
DEADLINE_SECONDS = 900  # of a process: a busy machine needs minutes to import PyTorch
KILLS = 10
SLOW_TO_IMPORT = ["obstore", "onnx", "onnxruntime", "polars", "pydantic_settings", "torch"]


@pytest.mark.parametrize("after", [(1,), (3, 3), (4, 1, 1), (BATCHES - 1,), (2, 3, 5)], ids=str)
@pytest.mark.parametrize("loss", LOSSES)
def test_a_fit_that_was_interrupted_ends_in_the_same_model(
    loss: str, after: tuple[int, ...], tmp_path: Path
) -> None:
    family, data = Network(**SMALL), rows(loss, 1000)
    ended = interrupted(family, data, tmp_path, *after)
    curve = (tmp_path / "curve.json").read_bytes()
    assert ended == whole(family, data, tmp_path)
    assert curve == (tmp_path / "curve.json").read_bytes()


def test_a_fit_that_stopped_early_is_not_taught_again(tmp_path: Path) -> None:
    assert not taught_again(Network(**SMALL), rows("log_loss", 1000), tmp_path)


def test_a_state_is_kept_only_when_it_is_due(tmp_path: Path) -> None:
    assert not keeps_unasked(Network(**SMALL), rows("log_loss", 1000), tmp_path)


def of_another_network(place: Path) -> bytes:
    kept = Kept()
    Network(**SMALL | {"width": 8}).resume(rows("log_loss", 1000), place, kept)
    return kept.state


def cut_short(place: Path) -> bytes:
    kept = Kept()
    Network(**SMALL).resume(rows("log_loss", 1000), place, kept)
    return kept.state[:-100]


def with_an_array_too_short(place: Path) -> bytes:
    kept = Kept()
    Network(**SMALL).resume(rows("log_loss", 1000), place, kept)
    state = msgspec.msgpack.decode(kept.state, type=State)
    name, array = next(iter(state.optimiser.items()))
    state.optimiser[name] = msgspec.structs.replace(array, content=array.content[:-1])
    return msgspec.msgpack.encode(state)


@pytest.mark.parametrize("state", [of_another_network, cut_short, with_an_array_too_short])
def test_a_state_that_does_not_fit_is_told_and_left(
    state: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    family, data = Network(**SMALL), rows("log_loss", 1000)
    family.resume(data, tmp_path, Kept(state(tmp_path)))
    assert "the kept state is of another network: the fit begins again" in capsys.readouterr().err
    ended = family.export(data, tmp_path)
    assert ended == whole(family, data, tmp_path)


def train(rows_dir: Path, output: Path) -> BaseProcess:
    """Start a training in a process of its own, which need not import PyTorch again."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(SLOW_TO_IMPORT)
    process = context.Process(target=_train, args=(dict(os.environ), rows_dir, output))
    process.start()
    return process


def _train(environment: dict[str, str], rows_dir: Path, output: Path) -> None:
    os.environ.update(environment)
    from parcels import model

    another = Network(width=16, epochs=4, batch_size=32, dropout=0.3)  # 73 batches an epoch
    model.MODEL = another  # type: ignore[assignment]  # it is boosting in the project
    following.EVERY_SECONDS = DEADLINE_SECONDS  # a busy machine needs minutes for MLflow as well
    steps.train(rows_dir, output)


def ended_as(process: BaseProcess) -> int | None:
    """Return how a process ends."""
    process.join(DEADLINE_SECONDS)
    return process.exitcode


def kept_batches() -> int:
    """Return of how many batches a state is kept."""
    batches = [0]
    for path in (settings().state / "checkpoints").glob("*"):
        try:
            record = msgspec.msgpack.decode(path.read_bytes(), type=Record)
            batches.append(msgspec.msgpack.decode(record.state, type=State).step)
        except (OSError, msgspec.DecodeError):  # just replaced or removed, or nothing yet
            continue
    return max(batches)


def wait_for_batches(process: BaseProcess, batches: int) -> None:
    """Wait until a state of so many batches is kept."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while kept_batches() < batches:
        assert process.is_alive(), process.exitcode
        assert time.monotonic() < deadline, "no state was kept"
        time.sleep(0.001)


def test_a_training_killed_ten_times_ends_in_the_same_model(
    rows_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHECKPOINT_SECONDS", "0")
    settings.cache_clear()
    assert ended_as(train(rows_dir, tmp_path / "whole")) == 0
    for batches in np.sort(np.random.default_rng(11).integers(1, 250, KILLS)).tolist():
        process = train(rows_dir, tmp_path / "killed")
        wait_for_batches(process, batches)
        process.kill()
        assert ended_as(process) == -signal.SIGKILL
        assert kept_batches() >= batches
        print(f"killed after batch {kept_batches()}")
    assert ended_as(train(rows_dir, tmp_path / "killed")) == 0
    models = [(tmp_path / name / "model.onnx").read_bytes() for name in ("whole", "killed")]
    assert models[0] == models[1]
    assert kept_batches() == 0  # nothing is left behind
