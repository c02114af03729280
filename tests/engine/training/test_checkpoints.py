"""A training whose process was ended goes on where it was, and gives up when it never gets on."""

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import numpy as np
import pytest

from slipway.errors import ProjectError
from slipway.families import TrainingRows
from slipway.families.boosting import Boosting
from slipway.settings import settings
from slipway.training import checkpoints, steps
from slipway.training.checkpoints import STARTS_MAXIMUM, TERMINATED, Record, checkpoint

ROUNDS = 150
DEADLINE_SECONDS = 120
SCRIPT = """
import sys
from pathlib import Path
from parcels import model
from slipway.families.boosting import Boosting
model.MODEL = Boosting(num_iterations=int(sys.argv[3]), min_child_samples=40)
from slipway.training import steps
steps.train(Path(sys.argv[1]), Path(sys.argv[2]))
"""


@pytest.fixture(autouse=True)
def always(monkeypatch: pytest.MonkeyPatch, project: Path) -> None:
    """Let a state be due after every round."""
    monkeypatch.setenv("CHECKPOINT_SECONDS", "0")
    settings.cache_clear()


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "kept"


def rows(labels: int = 7) -> TrainingRows:
    generator = np.random.default_rng(labels)
    features = generator.normal(size=(600, 2)).astype(np.float32)
    return TrainingRows(features, ("a", "b"), (features[:, 0] > 0).astype(int), "log_loss")


def kept_records(place: Path) -> list[Record]:
    return [
        msgspec.msgpack.decode(path.read_bytes(), type=Record)
        for path in sorted(place.glob("*"))
        if path.is_file()
    ]


def train(rows_dir: Path, output: Path) -> subprocess.Popen[str]:
    """Start a training of ROUNDS rounds."""
    command = [sys.executable, "-c", SCRIPT, str(rows_dir), str(output), str(ROUNDS)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def wait_for_rounds(process: subprocess.Popen[str], rounds: int) -> None:
    """Wait until a state of so many rounds is kept, or the process has ended."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while process.poll() is None and kept_rounds() < rounds:
        assert time.monotonic() < deadline, "no state was kept"
        time.sleep(0.001)


def kept_rounds() -> int:
    """Return of how many rounds a state is kept."""
    try:
        records = kept_records(settings().state / "checkpoints")
    except (FileNotFoundError, msgspec.DecodeError):  # just replaced or removed
        return 0
    return max((record.state.count(b"\nTree=") for record in records), default=0)


def ended(place: Path, reason: BaseException, *states: bytes) -> None:
    """Begin a fit, keep states, and end with a reason."""
    with checkpoint(Boosting(), rows(), str(place)) as kept:
        for state in states:
            kept.keep(state)
        raise reason


def test_a_training_killed_ten_times_ends_in_the_same_model(rows_dir: Path, tmp_path: Path) -> None:
    finished = train(rows_dir, tmp_path / "whole")
    assert finished.wait(DEADLINE_SECONDS) == 0, finished.communicate()
    moments = np.random.default_rng(11).integers(1, ROUNDS - 50, 10)
    for rounds in np.sort(moments).tolist():
        process = train(rows_dir, tmp_path / "killed")
        wait_for_rounds(process, rounds)
        process.kill()
        assert process.wait() == -signal.SIGKILL
        assert kept_rounds() >= rounds
    last = train(rows_dir, tmp_path / "killed")
    assert last.wait(DEADLINE_SECONDS) == 0, last.communicate()
    models = [(tmp_path / name / "model.onnx").read_bytes() for name in ("whole", "killed")]
    assert models[0] == models[1]
    assert kept_rounds() == 0  # nothing is left behind


def test_a_training_that_is_asked_to_end_keeps_its_state_first(
    rows_dir: Path, tmp_path: Path
) -> None:
    process = train(rows_dir, tmp_path / "fitted")
    wait_for_rounds(process, 5)
    process.terminate()
    assert process.wait(DEADLINE_SECONDS) == TERMINATED
    assert kept_rounds() >= 5


def test_a_training_keeps_no_state_before_it_is_due(
    rows_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHECKPOINT_SECONDS", "3600")
    settings.cache_clear()
    states: list[bytes] = []
    monkeypatch.setattr(checkpoints.Checkpoint, "keep", lambda _, state: states.append(state))
    steps.train(rows_dir, tmp_path / "fitted")
    assert states == []


def test_another_fit_does_not_take_the_state(place: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        ended(place, KeyboardInterrupt(), b"state")
    others = [
        (Boosting(num_leaves=3), rows()),
        (Boosting(), rows(labels=8)),
        (Boosting(), rows()._replace(labels=1 - rows().labels)),
        (Boosting(), rows()._replace(names=("a", "c"))),
    ]
    for family, data in others:
        with checkpoint(family, data, str(place)) as kept:
            assert kept.state == b""
    with checkpoint(Boosting(), rows(), str(place)) as kept:
        assert kept.state == b"state"


@pytest.mark.parametrize("share", [0.0, 0.5, 0.99])
def test_a_truncated_state_is_none(place: Path, share: float) -> None:
    with pytest.raises(KeyboardInterrupt):
        ended(place, KeyboardInterrupt(), b"state" * 100)
    (path,) = (path for path in place.iterdir() if path.is_file())
    path.write_bytes(path.read_bytes()[: int(share * path.stat().st_size)])
    with checkpoint(Boosting(), rows(), str(place)) as kept:
        assert kept.state == b""


def test_a_state_with_another_byte_is_none(place: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        ended(place, KeyboardInterrupt(), b"state" * 100)
    (path,) = (path for path in place.iterdir() if path.is_file())
    path.write_bytes(path.read_bytes().replace(b"state", b"stale", 1))
    with checkpoint(Boosting(), rows(), str(place)) as kept:
        assert kept.state == b""


def test_a_fit_that_never_gets_on_is_given_up_with_the_reason(place: Path) -> None:
    for _ in range(STARTS_MAXIMUM):
        with pytest.raises(SystemExit):
            ended(place, SystemExit(1))
    with pytest.raises(ProjectError, match=r"ended 3 times in a row .* give the step more memory"):
        ended(place, SystemExit(1))
    with pytest.raises(SystemExit):  # whoever has mended the cause begins anew
        ended(place, SystemExit(1))


def test_a_fit_that_gets_on_may_be_ended_any_number_of_times(place: Path) -> None:
    for number in range(STARTS_MAXIMUM * 3):
        with pytest.raises(SystemExit):
            ended(place, SystemExit(1), str(number).encode())
    with checkpoint(Boosting(), rows(), str(place)) as kept:
        assert kept.state == b"8"


@pytest.mark.parametrize("reason", [ProjectError("wrong parameters"), KeyboardInterrupt()])
def test_a_fit_that_ended_with_a_reason_is_no_start_without_progress(
    place: Path, reason: BaseException
) -> None:
    for _ in range(STARTS_MAXIMUM + 1):
        with pytest.raises(type(reason)):
            ended(place, reason)


def test_a_store_that_fails_is_told_once_and_costs_no_training(
    rows_dir: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("CHECKPOINT_STORE", str(tmp_path / "file" / "no-directory"))
    settings.cache_clear()
    steps.train(rows_dir, tmp_path / "fitted")
    assert (tmp_path / "fitted" / "model.onnx").is_file()
    assert capsys.readouterr().err.count("an interrupted fit would begin again") == 1


def test_what_nobody_came_back_for_is_forgotten(place: Path) -> None:
    place.mkdir()
    for name, days in (("old", 15), ("old#1", 15), ("new", 13), ("new#1", 13)):
        (place / name).touch()
        then = (datetime.now(UTC) - timedelta(days=days)).timestamp()
        os.utime(place / name, (then, then))
    with checkpoint(Boosting(), rows(), str(place)):
        names = {path.name for path in place.iterdir()}
        assert names & {"old", "old#1", "new", "new#1"} == {"new", "new#1"}


def test_what_a_process_killed_while_it_kept_a_state_left_is_removed(place: Path) -> None:
    with checkpoint(Boosting(), rows(), str(place)) as kept:
        kept.keep(b"state")
        (path,) = place.iterdir()
        path.with_name(f"{path.name}#1").write_bytes(b"sta")  # as the client names it
        (place / "another#1").touch()
    assert [path.name for path in place.iterdir()] == ["another#1"]


def test_the_signal_is_answered_as_before_when_the_fit_has_ended(place: Path) -> None:
    before = signal.getsignal(signal.SIGTERM)
    with checkpoint(Boosting(), rows(), str(place)):
        assert signal.getsignal(signal.SIGTERM) is not before
    assert signal.getsignal(signal.SIGTERM) is before
