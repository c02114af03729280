"""Captures in an object store: one that fails, hangs or refuses costs no answer, and few rows."""

import re
from pathlib import Path

import pytest

from tests.engine.bucket import Bucket

from .bodies import Body
from .process import Server, Start, wait_until

PLACE = "s3://project/captures/prod"
CAPTURED = "captured_predictions_total"
WAITING = "capture_queue_predictions"
QUEUE_FULL = 'capture_dropped_predictions_total{reason="queue full"}'


def variables(bucket: Bucket) -> dict[str, str]:
    return {**bucket.variables(), "CAPTURE_STORE": PLACE}


def ask(server: Server, rows: list[Body], times: int = 1) -> None:
    """Ask for predictions, all of which must be answered."""
    for _ in range(times):
        response = server.client.post("/v1/predictions", json={"rows": rows})
        assert response.status_code == 200, response.text


def test_rows_arrive_below_environment_month_and_day(
    start: Start, bucket: Bucket, rows: list[Body]
) -> None:
    with start(**variables(bucket)) as server:
        ask(server, rows)
        wait_until(lambda: server.metric(CAPTURED) == 3)
    for path in bucket.objects:
        (day,) = {row["handed_over"].strftime("%Y-%m/%d") for row in bucket.rows(path)}
        assert re.fullmatch(rf"project/captures/prod/{day}/[0-9a-f-]+\.parquet", path)
    assert {request.split()[0] for request in bucket.asked} == {"PUT"}  # nothing more is needed


def test_many_requests_become_few_objects(start: Start, bucket: Bucket, rows: list[Body]) -> None:
    with start(**variables(bucket), CAPTURE_SECONDS="600") as server:
        ask(server, rows * 100, times=50)
        wait_until(lambda: server.metric(CAPTURED) >= 10_000)
        assert server.end() == 0
    assert len(bucket.rows()) == 15_000
    assert len(bucket.objects) <= 3 * 3  # of three days: at 10,000 rows, what came since, the rest


def test_a_store_that_fails_for_a_while_loses_nothing(
    start: Start, bucket: Bucket, rows: list[Body]
) -> None:
    with start(**variables(bucket)) as server:
        bucket.status = 500
        ask(server, rows)
        wait_until(lambda: len(bucket.asked) >= 2)
        ask(server, rows)
        assert server.metric(WAITING) == 6
        bucket.status = 200
        wait_until(lambda: server.metric(CAPTURED) == 6)
        assert server.metric(QUEUE_FULL) == 0
    assert len(bucket.rows()) == 6


def test_a_failing_store_costs_what_the_queue_cannot_take(
    start: Start, bucket: Bucket, rows: list[Body]
) -> None:
    bucket.status = 500
    with start(**variables(bucket), CAPTURE_ROWS_MAXIMUM="6") as server:
        ask(server, rows, times=5)
        assert server.metric(WAITING) == 6
        assert server.metric(QUEUE_FULL) == 9
        bucket.status = 200
        wait_until(lambda: server.metric(CAPTURED) == 6)


def test_a_slow_store_holds_up_no_answer(start: Start, bucket: Bucket, rows: list[Body]) -> None:
    bucket.seconds = 3
    with start(**variables(bucket), CAPTURE_SECONDS="0.01") as server:
        ask(server, rows)
        wait_until(lambda: len(bucket.asked) == 1)
        for _ in range(20):
            response = server.client.post("/v1/predictions", json={"rows": rows}, timeout=2)
            assert response.status_code == 200
        assert server.metric(CAPTURED) == 0


def test_what_waits_is_stored_when_the_server_ends(
    start: Start, bucket: Bucket, rows: list[Body]
) -> None:
    with start(**variables(bucket), CAPTURE_SECONDS="600") as server:
        ask(server, rows, times=10)
        assert bucket.objects == {}
        assert server.end() == 0
    assert len(bucket.rows()) == 30


def test_a_store_that_is_back_in_time_gets_the_rest_at_the_end(
    start: Start, bucket: Bucket, rows: list[Body]
) -> None:
    bucket.status = 500
    with start(**variables(bucket)) as server:
        ask(server, rows)
        server.process.terminate()
        wait_until(lambda: len(bucket.asked) >= 2)
        bucket.status = 200
        assert server.process.wait(20) == 0
    assert len(bucket.rows()) == 3


def test_a_store_that_stays_away_does_not_hold_the_end_up(
    start: Start, bucket: Bucket, rows: list[Body]
) -> None:
    bucket.status = 500
    with start(**variables(bucket)) as server:
        ask(server, rows)
        assert server.end() == 0
        (lost,) = [line for line in server.lines() if line.get("event") == "captures lost"]
    assert lost["rows"] == 3


def test_the_account_comes_from_a_mounted_secret(
    start: Start, bucket: Bucket, rows: list[Body], tmp_path: Path
) -> None:
    account = tmp_path / "account"
    account.mkdir()
    for name, value in bucket.variables().items():
        (account / name).write_text(f"{value}\n")
    with start(CAPTURE_STORE=PLACE, CAPTURE_ACCOUNT=str(account)) as server:
        ask(server, rows)
        wait_until(lambda: len(bucket.rows()) == 3)


def test_a_store_that_no_client_knows_is_refused(start: Start) -> None:
    refused = pytest.raises(AssertionError, match='"error","event":"ftp://x/y cannot be opened')
    with refused, start(CAPTURE_STORE="ftp://x/y"):
        pass
