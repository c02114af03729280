"""Files in a bucket as a source: read in parts, and one sentence when it does not answer."""

import io
import socket
import time
from collections.abc import Iterator
from contextlib import closing

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from slipway.sources import files as module
from slipway.sources.files import files
from tests.engine.bucket import Bucket
from tests.engine.sources.kit import END, FIRST, columns, features, labels, parcels, sentence

EXPECTED = parcels().drop("late")
URLS = ["s3://shop/rows/1.parquet", "s3://shop/rows/*.parquet", "s3://shop/rows/*.csv"]


def content(frame: pl.DataFrame, suffix: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    if suffix == "csv":
        frame.write_csv(buffer)
    else:
        frame.write_parquet(buffer, **options)  # type: ignore[arg-type]
    return buffer.getvalue()


@pytest.fixture
def shop(bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> Bucket:
    """Return a bucket that the environment names."""
    for name, value in bucket.variables().items():
        monkeypatch.setenv(name, value)
    return bucket


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
@pytest.mark.parametrize("pattern", ["1.{}", "*.{}"])
def test_a_bucket_gives_what_the_files_give(shop: Bucket, suffix: str, pattern: str) -> None:
    halves = [parcels()] if pattern == "1.{}" else [parcels()[:200], parcels()[200:]]
    for number, half in enumerate(halves, start=1):
        shop.objects[f"shop/rows/{number}.{suffix}"] = content(half, suffix)
    table = files(f"s3://shop/rows/{pattern.format(suffix)}", columns())
    assert_frame_equal(features(table), EXPECTED)
    assert labels(table) == parcels().sort("parcel_id")["late"].to_list()
    assert table.available() == (FIRST, END)


def test_only_the_columns_that_are_needed_are_fetched(shop: Bucket) -> None:
    texts = [f"{number:09}" * 1000 for number in range(len(parcels()))]
    wide = parcels().with_columns(pl.Series("unused", texts))
    whole = content(wide, "parquet", compression="uncompressed")
    shop.objects["shop/rows/1.parquet"] = whole
    assert_frame_equal(features(files("s3://shop/rows/1.parquet", columns())), EXPECTED)
    assert 0 < shop.sent < len(whole) / 2


def test_variables_of_its_own_reach_another_bucket_than_that_of_the_snapshots(
    shop: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.objects["shop/rows/1.parquet"] = content(parcels(), "parquet")
    for name, value in shop.variables().items():
        monkeypatch.setenv(f"SOURCE_{name}", value)
        monkeypatch.setenv(name, "http://127.0.0.1:1" if "URL" in name else "other")
    assert_frame_equal(features(files("s3://shop/rows/1.parquet", columns())), EXPECTED)


@pytest.mark.parametrize("url", URLS)
def test_a_file_that_is_not_there_is_one_sentence(shop: Bucket, url: str) -> None:
    assert sentence(files(url, columns()).available).startswith(f"{url} cannot be read: ")


@pytest.mark.parametrize("status", [403, 500])
@pytest.mark.parametrize("url", URLS)
def test_a_bucket_that_refuses_is_one_sentence(shop: Bucket, url: str, status: int) -> None:
    shop.status = status
    began = time.monotonic()
    text = sentence(files(url, columns()).available)
    assert text.startswith(f"{url} cannot be read: ")
    assert "secret" not in text
    assert time.monotonic() - began < 30


def test_a_bucket_that_fails_now_and_then_is_asked_again(shop: Bucket) -> None:
    shop.objects["shop/rows/1.parquet"] = content(parcels(), "parquet")
    shop.failures = 2
    assert_frame_equal(features(files("s3://shop/rows/1.parquet", columns())), EXPECTED)
    assert shop.failures == 0


@pytest.mark.parametrize("url", URLS)
def test_a_bucket_that_is_away_is_one_sentence(
    shop: Bucket, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    began = time.monotonic()
    assert sentence(files(url, columns()).available).startswith(f"{url} cannot be read: ")
    assert time.monotonic() - began < 30


@pytest.fixture
def silent() -> Iterator[str]:
    """Return the address of a server that takes connections and says nothing."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


@pytest.mark.parametrize("url", URLS)
def test_a_bucket_that_is_silent_is_given_up_after_two_waits(
    shop: Bucket, silent: str, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert module.BUCKET["read_timeout"] == "15s"
    waits = {"read_timeout": "1500ms", "retry_timeout_ms": 500}  # a tenth of the real ones
    monkeypatch.setattr(module, "BUCKET", module.BUCKET | waits)
    monkeypatch.setenv("AWS_ENDPOINT_URL", silent)
    began = time.monotonic()
    assert sentence(files(url, columns()).available).startswith(f"{url} cannot be read: ")
    assert 1.5 < time.monotonic() - began < 4.5
