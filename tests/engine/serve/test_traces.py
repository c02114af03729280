"""Traces of requests: what is kept of which, where it leads, and that nothing of a row is in it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import polars as pl
import pytest

from slipway.contract.captured import REQUEST

from .bodies import Body
from .process import Server, Start, wait_until

TRACE, CLIENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
SAMPLED = {"traceparent": f"00-{TRACE}-{CLIENT}-01"}
CANARY = "canary-4711"


def spans(server: Server) -> dict[str, dict[str, Any]]:
    """Return the spans that a server has printed, by name."""
    return {line["event"]: line for line in server.lines() if line.get("kind") == "span"}


def test_a_sampled_request_is_a_tree_from_its_client_to_its_capture(
    start: Start, infer_path: str, request_body: Body
) -> None:
    with start(MODEL_VERSION="7", TRACE_SHARE="0") as server:
        id_ = server.client.post(infer_path, json=request_body, headers=SAMPLED).json()["id"]
        wait_until(lambda: "capture" in spans(server))
        found = spans(server)
        captured = list(server.captures.glob(f"*/*/{found['capture']['object']}.parquet"))
        rows = [row for file in captured for row in pl.read_parquet(file).to_dicts()]
    whole = found["POST infer"]
    assert (whole["parent_id"], whole["request_id"]) == (CLIENT, id_)
    assert (whole["status"], whole["model_version"]) == (200, "7")
    assert {one["trace_id"] for one in found.values()} == {TRACE}
    parts = {name for name, one in found.items() if one["parent_id"] == whole["span_id"]}
    assert parts == {"score", "capture"}
    assert len([row for row in rows if row[REQUEST] == id_]) == found["capture"]["rows"] == 3


def test_a_client_that_keeps_none_and_a_probe_leave_no_span(
    start: Start, infer_path: str, request_body: Body
) -> None:
    unsampled = {"traceparent": f"00-{TRACE}-{CLIENT}-00"}
    with start(TRACE_SHARE="1") as server:
        server.client.post(infer_path, json=request_body, headers=unsampled)
        server.client.get("/v2/health/ready")
        server.client.get("/metrics")
        assert server.end() == 0
        assert spans(server) == {}


@pytest.mark.parametrize(("share", "number"), [("0", 0), ("1", 3)])
def test_of_silent_clients_a_share_is_kept_under_the_id_of_the_request(
    share: str, number: int, start: Start, infer_path: str, request_body: Body
) -> None:
    with start(TRACE_SHARE=share) as server:
        id_ = server.client.post(infer_path, json=request_body).json()["id"]
        assert server.end() == 0
        found = spans(server)
    assert len(found) == number
    assert {one["trace_id"] for one in found.values()} <= {id_}


@contextmanager
def collector() -> Iterator[tuple[str, list[bytes]]]:
    """Collect what is exported; yield the address and the bodies received."""
    received: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            received.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", received
        server.shutdown()


def test_a_collector_that_the_environment_names_has_the_same_spans_and_no_payload(
    start: Start, infer_path: str, request_body: Body
) -> None:
    with collector() as (address, received):
        with start(OTEL_EXPORTER_OTLP_ENDPOINT=address, TRACE_SHARE="1") as server:
            server.client.post(infer_path, json=request_body, headers=SAMPLED)
            request_body["inputs"][0]["data"] = [CANARY] * 3
            server.client.post(f"{infer_path}?{CANARY}={CANARY}", json=request_body)
            server.client.post("/v1/predictions", json={"rows": [{CANARY: CANARY}]})
            server.client.post(f"/{CANARY}", headers={CANARY: CANARY, "User-Agent": CANARY})
            assert server.end() == 0
            printed = server.log.read_text()
            kept = [line for line in server.lines() if line.get("kind") == "span"]
        exported = b"".join(received)
    assert len(kept) >= 6
    assert bytes.fromhex(TRACE) in exported
    assert all(bytes.fromhex(one["span_id"]) in exported for one in kept)
    assert b"/v2/health" not in exported
    assert CANARY.encode() not in exported
    assert CANARY not in printed
