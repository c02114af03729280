"""What the server tells its operators: metrics and log lines, and never a payload."""

import asyncio
import dataclasses
import re
from pathlib import Path

import httpx
import pytest

from slipway.bundle import Model
from slipway.contract.captured import REQUEST
from slipway.serve import app
from slipway.serve.limits import Traffic
from slipway.serve.settings import ServeSettings

from .bodies import Body
from .process import Server, wait_until

TRACE = "0af7651916cd43dd8448eb211c80319c"
TRACEPARENT = {"traceparent": f"00-{TRACE}-b7ad6b7169203331-01"}
CANARY = "canary-4711"


def test_requests_are_counted_by_route_and_status(
    server: Server, infer_path: str, request_body: Body
) -> None:
    samples = [
        f'http_requests_total{{route="{route}",status="{status}"}}'
        for route, status in [("infer", 200), ("infer", 400), ("predictions", 400), ("none", 404)]
    ]
    before = [server.metric(sample) for sample in samples]
    server.client.post(infer_path, json=request_body)
    server.client.post(infer_path, content=b"{")
    server.client.post("/v1/predictions", content=b"{")
    server.client.get("/nowhere")
    assert [server.metric(sample) for sample in samples] == [count + 1 for count in before]


def test_the_time_of_requests_is_measured(
    server: Server, infer_path: str, request_body: Body
) -> None:
    count = 'http_request_duration_seconds_count{route="infer"}'
    before = server.metric(count)
    server.client.post(infer_path, json=request_body)
    assert server.metric(count) == before + 1
    assert server.metric('http_request_duration_seconds_bucket{le="+Inf",route="infer"}')


def test_rows_and_decisions_are_counted(
    server: Server, infer_path: str, request_body: Body
) -> None:
    names = ("predictions_total", 'predictions_flagged_total{output="act"}')
    before = [server.metric(name) for name in names]
    _, act = server.client.post(infer_path, json=request_body).json()["outputs"]
    after = [server.metric(name) for name in names]
    assert after == [before[0] + 3, before[1] + sum(act["data"])]


def test_the_served_model_is_named(server: Server, model: Model) -> None:
    name, digest = model.manifest.name, model.model_digest
    assert server.metric(f'model_info{{digest="{digest}",name="{name}",version="7"}}') == 1


def test_every_metric_says_what_it_counts(client: httpx.Client) -> None:
    lines = client.get("/metrics").text.splitlines()
    typed = {line.split()[2] for line in lines if line.startswith("# TYPE ")}
    explained = {line.split()[2] for line in lines if line.startswith("# HELP ")}
    assert typed == explained


def test_every_log_line_is_a_json_object(server: Server) -> None:
    server.client.post("/v1/predictions", content=b"{")
    for line in server.lines():
        assert {"time", "level", "event"} <= line.keys()


def requests(server: Server) -> list[Body]:
    """Return the lines of requests, of which some have spans besides."""
    return [line for line in server.lines() if line["event"] == "request"]


def test_a_request_is_one_log_line(server: Server, infer_path: str, request_body: Body) -> None:
    server.client.post(infer_path, json=request_body, headers=TRACEPARENT)
    wait_until(lambda: any(line["trace_id"] == TRACE for line in requests(server)))
    (line,) = (one for one in requests(server) if one["trace_id"] == TRACE)
    assert (line["method"], line["route"], line["status"]) == ("POST", "infer", 200)


INVALID = [
    "",
    "00-zz-1-01",
    "00-" + "g" * 32,
    "é" * 60,
    f"00-{'0' * 32}-b7ad6b7169203331-01",
    f"00-{TRACE}-{'0' * 16}-01",
    f"00-{TRACE.upper()}-b7ad6b7169203331-01",
    f"ff-{TRACE}-b7ad6b7169203331-01",
    f"00-{TRACE}-b7ad6b7169203331-01-more",
    f"00-{TRACE}-b7ad6b7169203331",
]


@pytest.mark.parametrize("given", INVALID)
def test_a_wrong_traceparent_is_replaced(
    server: Server, infer_path: str, request_body: Body, given: str
) -> None:
    headers = {b"traceparent": given.encode()}
    id_ = server.client.post(infer_path, json=request_body, headers=headers).json()["id"]
    assert re.fullmatch("[0-9a-f]{32}", id_)
    wait_until(lambda: any(line["request_id"] == id_ for line in requests(server)))
    (line,) = (one for one in requests(server) if one["request_id"] == id_)
    assert line["trace_id"] == id_


def test_a_traceparent_of_a_later_version_is_followed(
    server: Server, infer_path: str, request_body: Body
) -> None:
    trace = TRACE[::-1]
    headers = {"traceparent": f"01-{trace}-b7ad6b7169203331-01-more"}
    server.client.post(infer_path, json=request_body, headers=headers)
    wait_until(lambda: any(line.get("trace_id") == trace for line in server.lines()))


def test_rows_of_requests_with_the_same_trace_are_told_apart(
    server: Server, infer_path: str, request_body: Body
) -> None:
    request_body["inputs"] = request_body["inputs"][1:]  # without the key
    ids = [
        server.client.post(infer_path, json=request_body, headers=TRACEPARENT).json()["id"]
        for _ in range(20)
    ]
    assert TRACE not in ids
    wait_until(lambda: len(captured(server, ids)) == 60)
    assert len({one["parcel_id"] for one in captured(server, ids)}) == 60


def captured(server: Server, ids: list[str]) -> list[Body]:
    """Return the predictions captured of these requests."""
    return [one for one in server.predictions() if one[REQUEST] in ids]


def test_the_id_of_a_request_leads_to_its_captures(
    server: Server, infer_path: str, request_body: Body
) -> None:
    id_ = server.client.post(infer_path, json=request_body).json()["id"]
    wait_until(lambda: len(captured(server, [id_])) == 3)


def test_no_payload_reaches_logs_or_metrics(
    server: Server, infer_path: str, rows: list[Body], request_body: Body
) -> None:
    request_body["inputs"][0]["data"] = [CANARY] * 3
    server.client.post(infer_path, json=request_body)
    for row in ({CANARY: 1}, rows[0] | {CANARY: CANARY}, dict.fromkeys(rows[0], CANARY)):
        server.client.post(f"/v1/predictions?{CANARY}", json={"rows": [row]})
    server.client.get(f"/{CANARY}", headers={CANARY: CANARY})
    assert CANARY not in server.log.read_text()
    assert CANARY not in server.client.get("/metrics").text


def test_a_failure_is_answered_counted_and_hides_its_reason(
    model: Model, bundle_dir: Path, request_body: Body, infer_path: str
) -> None:
    broken = dataclasses.replace(model, session=None)
    application = app.create(broken, ServeSettings(model_dir=bundle_dir), Traffic())

    async def ask() -> tuple[httpx.Response, str]:
        transport = httpx.ASGITransport(application, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://server") as client:
            failed = await client.post(infer_path, json=request_body)
            return failed, (await client.get("/metrics")).text

    response, metrics = asyncio.run(ask())
    assert response.status_code == 500
    assert response.json() == {"error": "the server failed; its log says why."}
    assert 'http_requests_total{route="infer",status="500"} 1.0' in metrics
