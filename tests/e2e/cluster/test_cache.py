"""What is built once stays built, whatever happens to the builder."""

import multiprocessing
import os
import signal
import time
from pathlib import Path

import pytest

from offline import cache


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLIPWAY_CACHE", str(tmp_path / "cache"))


def build(scratch: Path) -> None:
    """Build an entry slowly enough for a second builder to come by."""
    with (scratch.parents[1] / "builds").open("a") as tally:
        tally.write("x")
    time.sleep(0.2)
    (scratch / "file").write_text("content")


def builds() -> int:
    """Count how often `build` ran."""
    return len((cache.directory() / "builds").read_text())


def hang(scratch: Path) -> None:
    """Write half an entry and never end."""
    (scratch / "file").write_text("con")
    (scratch.parents[1] / "hangs").touch()
    time.sleep(600)


def test_an_entry_is_built_once() -> None:
    assert cache.entry("thing", "1", build) == cache.entry("thing", "1", build)
    assert builds() == 1


def test_another_key_is_another_entry() -> None:
    assert cache.entry("thing", "1", build) != cache.entry("thing", "2", build)


def test_two_processes_that_start_together_build_once() -> None:
    pair = [
        multiprocessing.get_context("fork").Process(target=cache.entry, args=("thing", "1", build))
        for _ in range(2)
    ]
    for process in pair:
        process.start()
    for process in pair:
        process.join()
    assert [process.exitcode for process in pair] == [0, 0]
    assert builds() == 1


def test_a_killed_build_is_built_again_by_the_next() -> None:
    context = multiprocessing.get_context("fork")
    process = context.Process(target=cache.entry, args=("thing", "1", hang))
    process.start()
    while not (cache.directory() / "hangs").exists():
        time.sleep(0.01)
    os.kill(process.pid or 0, signal.SIGKILL)
    process.join()
    entry = cache.entry("thing", "1", build)
    assert (entry / "file").read_text() == "content"


def test_a_corrupted_entry_is_built_again(capsys: pytest.CaptureFixture[str]) -> None:
    entry = cache.entry("thing", "1", build)
    (entry / "file").write_text("c0ntent")
    cache.intact.cache_clear()
    assert (cache.entry("thing", "1", build) / "file").read_text() == "content"
    assert "corrupted" in capsys.readouterr().out


def test_a_failed_build_leaves_no_entry() -> None:
    def fail(scratch: Path) -> None:
        (scratch / "file").write_text("half")
        raise OSError("no space left on device")

    with pytest.raises(OSError, match="no space"):
        cache.entry("thing", "1", fail)
    assert cache.listing() == []


def test_pruning_leaves_what_is_not_ours() -> None:
    cache.entry("thing", "1", build)
    (cache.directory() / "diary").write_text("not ours")
    cache.prune()
    assert cache.listing() == []
    assert (cache.directory() / "diary").exists()


def test_the_listing_names_seconds_and_size() -> None:
    cache.entry("thing", "1", build)
    (line,) = cache.listing()
    assert line.name == "thing-1"
    assert line.seconds >= 0.2
    assert line.megabytes > 0
