"""What is damaged, foreign or unknown is counted, told or made again; nothing of it stays."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from slipway import bundle, registry
from slipway.contract.captured import PREDICTION
from slipway.errors import ProjectError
from slipway.monitor import captures
from slipway.settings import settings

from .may import MONTH, capture, days, month, report, states


@pytest.mark.parametrize("damage", [b"", b"PAR1", b"\x81" * 100, None])
def test_a_damaged_state_is_made_again(model: bundle.Model, damage: bytes | None) -> None:
    capture(model, days(1, 3))
    first = report()
    path = states()[1]
    path.write_bytes(path.read_bytes()[:-50] if damage is None else damage)
    assert report() == first


def test_a_day_of_an_unknown_model_is_folded_when_the_registry_knows_it(
    model: bundle.Model, make_bundle: Any
) -> None:
    other = bundle.load(make_bundle(7))
    capture(model, days(1, 1).head(9))
    capture(other, days(1, 1), name="2")
    with pytest.raises(ProjectError, match="released from another registry"):
        report()
    registry.register(make_bundle(7))
    assert report()["model"]["digest"] == other.model_digest


@pytest.mark.parametrize("kind", ["empty", "cut", "text", "foreign", "flipped", "other types"])
def test_an_object_that_is_none_is_counted_and_the_rest_is_read(
    model: bundle.Model, kind: str
) -> None:
    capture(model, days(1, 2))
    directory = Path(settings().captures, "prod", MONTH, "02")
    good = (directory / "1.parquet").read_bytes()
    bad = directory / "0.parquet"
    broken = {"empty": b"", "cut": good[: len(good) // 2], "text": b'{"time": 1}\n' * 9}
    if kind in broken:
        bad.write_bytes(broken[kind])
    elif kind == "flipped":
        bad.write_bytes(bytes(255 - byte for byte in good))
    elif kind == "foreign":
        pl.DataFrame({"x": [1]}).write_parquet(bad)
    else:
        texts = pl.lit("many").alias(PREDICTION)
        pl.read_parquet(good).with_columns(texts).write_parquet(bad)
    seen = month()
    assert (seen.whole.rows, seen.unreadable) == (len(days(1, 2)), 1)
    assert month().unreadable == 1


def test_an_object_without_rows_changes_nothing(model: bundle.Model) -> None:
    capture(model, days(1, 2))
    first = report()
    directory = Path(settings().captures, "prod", MONTH, "02")
    pl.read_parquet(directory / "1.parquet").clear().write_parquet(directory / "2.parquet")
    assert report() == first


def test_a_store_that_fails_in_the_middle_keeps_what_was_folded(
    model: bundle.Model, read: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    capture(model, days(1, 3))
    contents = captures.contents

    def failing(opened: Any, paths: list[str]) -> Iterator[bytes]:
        if any("/03/" in path for path in paths):
            raise OSError("the disk is gone")
        return contents(opened, paths)

    with monkeypatch.context() as patch:
        patch.setattr(captures, "contents", failing)
        with pytest.raises(ProjectError, match=r"failed \(the disk is gone\): check"):
            month()
    assert [path.name for path in states()] == ["01.msgpack", "02.msgpack"]
    read.clear()
    assert month().whole.rows == len(days(1, 3))
    assert read == ["05/03"]
