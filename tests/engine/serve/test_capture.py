"""Every prediction is kept for the monitor, and keeping it never costs an answer."""

import resource
from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pytest

from slipway.bundle import Model
from slipway.contract.captured import ANSWERED, MANIFEST, MODEL, PREDICTION, REQUEST

from .bodies import Body
from .process import Server, Start, wait_until

CAPTURED = "captured_predictions_total"
QUEUE_FULL = 'capture_dropped_predictions_total{reason="queue full"}'


def ask(server: Server, rows: list[Body]) -> list[Body]:
    """Return the predictions of the server, which must answer."""
    response = server.client.post("/v1/predictions", json={"rows": rows})
    assert response.status_code == 200, response.text
    predictions: list[Body] = response.json()["predictions"]
    return predictions


def named(rows: list[Body], model: Model, name: str) -> list[Body]:
    """Return the rows with keys of their own, so that a test finds its own in the captures."""
    key = next(spec.name for spec in model.manifest.inputs if spec.role == "key")
    return [{**row, key: f"{name}-{index}"} for index, row in enumerate(rows)]


def captured(server: Server, name: str) -> list[Body]:
    return [one for one in server.predictions() if one["parcel_id"].startswith(f"{name}-")]


def test_a_prediction_is_captured_within_a_second(
    server: Server, model: Model, rows: list[Body]
) -> None:
    answered = ask(server, named(rows, model, "second"))
    wait_until(lambda: len(captured(server, "second")) == 3, seconds=2)
    kept = captured(server, "second")
    assert [one[PREDICTION] for one in kept] == [one["probability"] for one in answered]
    assert {one[MODEL] for one in kept} == {model.model_digest}
    assert {one[MANIFEST] for one in kept} == {model.manifest_digest}
    assert len({one[REQUEST] for one in kept}) == 1


def test_a_capture_holds_the_inputs_as_they_came(
    server: Server, model: Model, rows: list[Body]
) -> None:
    ask(server, named(rows, model, "inputs"))
    wait_until(lambda: len(captured(server, "inputs")) == 3)
    times = {spec.name for spec in model.manifest.inputs if spec.role == "time"}
    keys = {spec.name for spec in model.manifest.inputs if spec.role == "key"}
    kept = sorted(captured(server, "inputs"), key=lambda one: one["parcel_id"])
    for one, row in zip(kept, rows, strict=True):
        for name in row.keys() - keys - times:
            assert one[name] == (
                np.float32(row[name]) if isinstance(one[name], float) else row[name]
            )
            assert isinstance(one[name], bool) == isinstance(row[name], bool)
        for name in times:
            assert one[name].isoformat()[:16] == row[name][:16]


def test_both_routes_capture_the_same(
    server: Server, model: Model, infer_path: str, rows: list[Body], request_body: Body
) -> None:
    ask(server, named(rows, model, "typed"))
    request_body["inputs"][0]["data"] = [f"protocol-{index}" for index in range(3)]
    server.client.post(infer_path, json=request_body)
    wait_until(lambda: len(captured(server, "protocol")) == len(captured(server, "typed")) == 3)
    names = [spec.name for spec in model.manifest.inputs if spec.role != "key"]
    typed, protocol = (
        sorted(captured(server, name), key=lambda one: one["parcel_id"])
        for name in ("typed", "protocol")
    )
    for one, other in zip(typed, protocol, strict=True):
        assert [one[name] for name in names] == [other[name] for name in names]


def test_rows_lie_under_month_and_day_of_their_time(
    server: Server, model: Model, rows: list[Body]
) -> None:
    time = next(spec.name for spec in model.manifest.inputs if spec.role == "time")
    days = ["2023-12/31", "2024-01/01", "2025-01/03"]
    for row, day in zip(rows, days, strict=True):
        row[time] = f"{day.replace('/', '-')}T10:15"
    ask(server, named(rows, model, "days"))
    wait_until(lambda: len(captured(server, "days")) == 3)
    for index, day in enumerate(days):
        keys = pl.read_parquet(server.captures / day / "*.parquet")["parcel_id"]
        assert f"days-{index}" in keys


def test_any_tool_reads_typed_columns(server: Server, model: Model, rows: list[Body]) -> None:
    ask(server, named(rows, model, "types"))
    wait_until(lambda: len(captured(server, "types")) == 3)
    table = pl.scan_parquet(server.captures / "*" / "*" / "*.parquet").collect()
    kept = table.filter(pl.col("parcel_id").str.starts_with("types-"))
    assert {name: str(dtype) for name, dtype in kept.schema.items()} == {
        "parcel_id": "String",
        "handed_over": "Datetime(time_unit='ms', time_zone=None)",
        "depot": "String",
        "weight": "Float32",
        "distance": "Float32",
        "country": "String",
        "pieces": "Int64",
        "express": "Boolean",
        ANSWERED: "Datetime(time_unit='ms', time_zone='UTC')",
        REQUEST: "String",
        MODEL: "String",
        MANIFEST: "String",
        PREDICTION: "Float32",
    }
    assert all(datetime.now(UTC) - time < timedelta(hours=1) for time in kept[ANSWERED])


def test_no_unfinished_file_is_left(server: Server, model: Model, rows: list[Body]) -> None:
    ask(server, named(rows, model, "finished"))
    wait_until(lambda: len(captured(server, "finished")) == 3)
    assert not list(server.captures.rglob(".*"))


def test_what_waits_is_written_when_the_server_ends(
    start: Start, model: Model, rows: list[Body]
) -> None:
    with start() as server:
        for _ in range(50):
            ask(server, named(rows, model, "ending"))
        assert server.end() == 0
        assert len(captured(server, "ending")) == 150


def test_a_full_queue_drops_and_counts_but_answers(
    start: Start, model: Model, rows: list[Body]
) -> None:
    with start(CAPTURE_ROWS_MAXIMUM="2") as server:
        assert len(ask(server, rows)) == 3
        assert server.metric(QUEUE_FULL) == 3
        assert server.metric(CAPTURED) == 0


def test_a_full_disk_loses_nothing_that_the_queue_can_hold(
    start: Start, model: Model, rows: list[Body]
) -> None:
    with start(CAPTURE_ROWS_MAXIMUM="3") as server:
        before = resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (0, before[1]))
        ask(server, named(rows, model, "kept"))
        ask(server, rows)
        wait_until(lambda: server.metric(QUEUE_FULL) == 3)
        assert server.predictions() == []
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, before)
        wait_until(lambda: len(captured(server, "kept")) == 3)


@pytest.mark.parametrize("off", [{"CAPTURE_STORE": ""}, {"CAPTURE_SECONDS": "0"}], ids=str)
def test_without_a_store_or_a_time_nothing_is_captured(
    off: dict[str, str], start: Start, rows: list[Body]
) -> None:
    with start(**off) as server:
        ask(server, rows)
        assert server.end() == 0
        assert not server.captures.exists()
