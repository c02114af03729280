"""Every prediction is kept for the monitor, and keeping it never costs an answer."""

import resource

import pytest

from slipway.bundle import Model

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
    return [one for one in server.predictions() if one["key"].startswith(f"{name}-")]


def test_a_prediction_is_captured_within_a_second(
    server: Server, model: Model, rows: list[Body]
) -> None:
    answered = ask(server, named(rows, model, "second"))
    wait_until(lambda: len(captured(server, "second")) == 3, seconds=2)
    kept = captured(server, "second")
    assert [one["prediction"] for one in kept] == [one["probability"] for one in answered]
    assert {one["model"] for one in kept} == {model.model_digest}
    assert {one["manifest"] for one in kept} == {model.manifest_digest}
    assert len({one["request"] for one in kept}) == 1


def test_a_capture_holds_the_inputs_as_they_came(
    server: Server, model: Model, rows: list[Body]
) -> None:
    ask(server, named(rows, model, "inputs"))
    wait_until(lambda: len(captured(server, "inputs")) == 3)
    times = {spec.name for spec in model.manifest.inputs if spec.role == "time"}
    keys = {spec.name for spec in model.manifest.inputs if spec.role == "key"}
    for one, row in zip(captured(server, "inputs"), rows, strict=True):
        assert one["columns"].keys() == row.keys() - keys
        for name, value in one["columns"].items():
            assert value == (row[name][:16] if name in times else row[name])
            assert isinstance(value, bool) == isinstance(row[name], bool)


def test_both_routes_capture_the_same(
    server: Server, model: Model, infer_path: str, rows: list[Body], request_body: Body
) -> None:
    ask(server, named(rows, model, "typed"))
    request_body["inputs"][0]["data"] = [f"protocol-{index}" for index in range(3)]
    server.client.post(infer_path, json=request_body)
    wait_until(lambda: len(captured(server, "protocol")) == len(captured(server, "typed")) == 3)
    for typed, protocol in zip(
        captured(server, "typed"), captured(server, "protocol"), strict=True
    ):
        assert typed["columns"] == protocol["columns"]


def test_rows_lie_under_the_month_of_their_time(
    server: Server, model: Model, rows: list[Body]
) -> None:
    time = next(spec.name for spec in model.manifest.inputs if spec.role == "time")
    months = ["2023-12", "2024-01", "2025-01"]
    for row, month in zip(rows, months, strict=True):
        row[time] = f"{month}-03T10:15"
    ask(server, named(rows, model, "months"))
    wait_until(lambda: len(captured(server, "months")) == 3)
    for index, month in enumerate(months):
        text = "".join(path.read_text() for path in (server.captures / month).glob("*.jsonl"))
        assert f'"months-{index}"' in text


def test_no_unfinished_file_is_left(server: Server, model: Model, rows: list[Body]) -> None:
    ask(server, named(rows, model, "finished"))
    wait_until(lambda: len(captured(server, "finished")) == 3)
    assert not list(server.captures.glob("*/.*"))


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
