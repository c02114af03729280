"""A client gets what the limits allow, and a plain answer when it asks for more."""

import gzip
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import anyio
import httpx
import msgspec
import pytest
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from slipway.serve.limits import Limits
from slipway.serve.settings import ServeSettings

from .bodies import Body
from .process import Server, Start, wait_until

MEBIBYTE = 1024 * 1024
HEAD = b"POST /v1/predictions HTTP/1.1\r\nHost: localhost\r\n"


@pytest.fixture(scope="module")
def impatient(start: Start) -> Iterator[Server]:
    """Return a server that waits a second for its clients."""
    with start(CLIENT_SECONDS="1") as server:
        yield server


@pytest.fixture
def narrow(start: Start) -> Iterator[Server]:
    """Return a server that works on one request at a time."""
    with start(REQUESTS_MAXIMUM="1") as server:
        yield server


@contextmanager
def connection(server: Server) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as opened:
        yield opened


def read_all(opened: socket.socket) -> tuple[int, Body]:
    """Return status and body of the answer, once the server has closed the connection."""
    content = b""
    while received := opened.recv(MEBIBYTE):
        content += received
    head, _, body = content.partition(b"\r\n\r\n")
    return int(head.split()[1]), msgspec.json.decode(body)


@pytest.mark.parametrize("size", [2, 50], ids=lambda size: f"{size} MiB")
@pytest.mark.parametrize("chunked", [False, True], ids=["with its length", "chunked"])
@pytest.mark.parametrize("route", ["protocol", "typed"])
def test_a_body_over_a_mebibyte_is_refused_at_once(
    client: httpx.Client, infer_path: str, route: str, chunked: bool, size: int
) -> None:
    path = infer_path if route == "protocol" else "/v1/predictions"
    chunks = [b" " * MEBIBYTE] * size
    started = time.monotonic()
    response = client.post(path, content=iter(chunks) if chunked else b"".join(chunks))
    assert (response.status_code, list(response.json())) == (413, ["error"])
    assert time.monotonic() - started < 5


def test_a_body_of_a_mebibyte_is_read(
    client: httpx.Client, infer_path: str, request_body: Body
) -> None:
    body = msgspec.json.encode(request_body).ljust(MEBIBYTE)
    assert client.post(infer_path, content=body).status_code == 200


def test_a_body_that_never_comes_is_answered_408(impatient: Server) -> None:
    with connection(impatient) as opened:
        opened.sendall(HEAD + b"Content-Length: 100\r\n\r\n{")
        assert read_all(opened)[0] == 408


def test_a_head_that_never_ends_is_answered_408(impatient: Server) -> None:
    with connection(impatient) as opened:
        opened.sendall(HEAD)
        assert read_all(opened)[0] == 408


def test_a_client_that_sends_a_byte_now_and_then_is_cut_off_all_the_same(
    impatient: Server,
) -> None:
    started = time.monotonic()
    with connection(impatient) as opened:
        opened.sendall(HEAD)
        opened.settimeout(0.1)
        received = b""
        while not received and time.monotonic() - started < 10:
            opened.sendall(b"X-Name: value\r\n")
            try:
                received = opened.recv(MEBIBYTE)
            except TimeoutError:
                continue
    assert received.startswith(b"HTTP/1.1 408 ")


def test_a_connection_that_says_nothing_is_closed(impatient: Server) -> None:
    with connection(impatient) as opened:
        assert opened.recv(1) == b""


def test_a_head_without_end_is_answered_431(server: Server) -> None:
    with connection(server) as opened:
        opened.sendall(HEAD + b"X-Name: " + b"x" * 200_000)
        assert read_all(opened)[0] == 431


@pytest.mark.parametrize(
    "request_line", [b"nonsense", b"GET / HTTP/9.9", b"\x16\x03\x01\x02\x00\x01", b"GET  HTTP/1.1"]
)
def test_what_is_no_http_is_answered_400(server: Server, request_line: bytes) -> None:
    with connection(server) as opened:
        opened.sendall(request_line + b"\r\nHost: localhost\r\n\r\n")
        status, body = read_all(opened)
    assert (status, list(body)) == (400, ["error"])


@pytest.mark.parametrize(
    "headers",
    [
        b"Content-Length: 5\r\nContent-Length: 6\r\n",
        b"Content-Length: -1\r\n",
        b"Content-Length: five\r\n",
        b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
    ],
)
def test_a_contradictory_length_is_answered_400(server: Server, headers: bytes) -> None:
    with connection(server) as opened:
        opened.sendall(HEAD + headers + b"\r\nhello")
        assert read_all(opened)[0] == 400


@pytest.mark.parametrize("method", [b"POST", b"GET"])
def test_a_length_beyond_the_limit_is_refused_before_anything_is_sent(
    server: Server, method: bytes
) -> None:
    started = time.monotonic()
    with connection(server) as opened:
        opened.sendall(HEAD.replace(b"POST", method) + b"Content-Length: 99999999999\r\n\r\n")
        assert opened.recv(MEBIBYTE).startswith(b"HTTP/1.1 413 ")
    assert time.monotonic() - started < 5


@pytest.mark.parametrize(
    "headers",
    [b"", b"Host: a\r\nHost: b\r\n", b"host: a\r\nHOST: a\r\n"],
    ids=["none", "2", "same"],
)
def test_a_request_without_exactly_one_host_is_answered_400(server: Server, headers: bytes) -> None:
    with connection(server) as opened:
        opened.sendall(b"GET /v2 HTTP/1.1\r\n" + headers + b"\r\n")
        status, body = read_all(opened)
    assert (status, body) == (400, {"error": "HTTP/1.1 asks for exactly one Host header."})


def test_http_1_0_needs_no_host(server: Server) -> None:
    with connection(server) as opened:
        opened.sendall(b"GET /v2/health/live HTTP/1.0\r\n\r\n")
        assert read_all(opened) == (200, {"live": True})


@pytest.mark.parametrize("coding", ["gzip", "br", "gzip, identity"])
def test_a_compressed_body_is_answered_415(
    client: httpx.Client, route: str, valid: Body, coding: str
) -> None:
    body = gzip.compress(msgspec.json.encode(valid))
    response = client.post(route, content=body, headers={"Content-Encoding": coding})
    assert (response.status_code, response.headers["accept-encoding"]) == (415, "identity")
    assert "not compressed" in response.json()["error"]


def test_a_body_that_says_it_is_as_it_is_is_read(
    client: httpx.Client, route: str, valid: Body
) -> None:
    response = client.post(route, json=valid, headers={"Content-Encoding": "identity"})
    assert response.status_code == 200


def test_a_client_that_leaves_half_way_is_no_failure(server: Server) -> None:
    left = 'http_requests_total{route="predictions",status="499"}'
    before = server.metric(left)
    with connection(server) as opened:
        opened.sendall(HEAD + b"Content-Length: 100\r\n\r\n{")
    wait_until(lambda: server.metric(left) == before + 1)


def test_more_requests_than_fit_are_answered_503_while_probes_pass(narrow: Server) -> None:
    client = narrow.client
    with connection(narrow) as opened:
        opened.sendall(HEAD + b"Content-Length: 100\r\n\r\n{")
        wait_until(lambda: narrow.metric("http_requests_active") == 2)  # one is the asking
        response = client.post("/v1/predictions", content=b"{}")
        assert client.get("/v2/health/live").status_code == 200
    assert (response.status_code, response.headers["retry-after"]) == (503, "1")
    assert list(response.json()) == ["error"]


def test_a_burst_of_requests_does_not_turn_all_of_itself_away() -> None:
    statuses = anyio.run(burst, 5, 2)
    assert sorted(statuses) == [200, 200, 503, 503, 503]


async def burst(size: int, room: int) -> list[int]:
    """Return the answers to requests that arrive in the same moment where so many have room."""

    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        await anyio.lowlevel.checkpoint()
        await PlainTextResponse("answered")(scope, receive, send)

    limited = Limits(slow, ServeSettings(model_dir=Path(), requests_maximum=room))
    transport = httpx.ASGITransport(limited)
    statuses: list[int] = []

    async def ask(client: httpx.AsyncClient) -> None:
        statuses.append((await client.post("/")).status_code)

    async with (
        httpx.AsyncClient(transport=transport, base_url="http://server") as client,
        anyio.create_task_group() as group,
    ):
        for _ in range(size):
            group.start_soon(ask, client)
    return statuses
