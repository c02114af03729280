"""A server that is asked to end says so, answers what it was asked, and loses nothing."""

import socket
import threading
import time
from collections import Counter
from http.client import HTTPConnection, HTTPException

import httpx
import msgspec

from .bodies import Body
from .process import Server, Start, wait_until

CLIENTS = 8
LAG_SECONDS = 0.5  # until a load balancer hears that the server is not ready
DRAIN_SECONDS = 1.5


class Clients:
    """Ask a server again and again, over connections that are kept, until told to stop."""

    def __init__(self, server: Server, path: str, body: Body) -> None:
        self.results: Counter[str] = Counter()
        self.stopped = threading.Event()
        arguments = (server.port, path, msgspec.json.encode(body))
        self.threads = [threading.Thread(target=self._ask, args=arguments) for _ in range(CLIENTS)]
        for thread in self.threads:
            thread.start()

    def stop(self) -> None:
        self.stopped.set()
        for thread in self.threads:
            thread.join()

    def _ask(self, port: int, path: str, body: bytes) -> None:
        connection = HTTPConnection("127.0.0.1", port, timeout=10)
        while not self.stopped.is_set():
            try:
                connection.request("POST", path, body)
                response = connection.getresponse()
                response.read()
                self.results[str(response.status)] += 1
            except (OSError, HTTPException) as error:
                self.results[type(error).__name__] += 1
                connection.close()


def test_no_request_fails_while_a_server_is_replaced(
    start: Start, infer_path: str, request_body: Body
) -> None:
    with start(DRAIN_SECONDS=str(DRAIN_SECONDS)) as server:
        clients = Clients(server, infer_path, request_body)
        wait_until(lambda: clients.results["200"] >= CLIENTS)
        server.process.terminate()
        threading.Timer(LAG_SECONDS, clients.stopped.set).start()
        assert server.process.wait(30) == 0
        clients.stop()
    assert list(clients.results) == ["200"]


def test_a_draining_server_is_alive_but_not_ready(start: Start, infer_path: str) -> None:
    with start(DRAIN_SECONDS="30") as server:
        server.process.terminate()
        wait_until(lambda: server.client.get("/v2/health/ready").status_code == 503)
        assert list(server.client.get("/v2/health/ready").json()) == ["error"]
        live = server.client.get("/v2/health/live")
        assert (live.status_code, live.headers["connection"]) == (200, "close")


def test_a_second_signal_ends_the_draining(start: Start) -> None:
    with start(DRAIN_SECONDS="600") as server:
        server.process.terminate()
        wait_until(lambda: server.client.get("/v2/health/ready").status_code == 503)
        assert server.end() == 0


def test_an_active_request_is_answered_after_the_signal(
    start: Start, infer_path: str, request_body: Body
) -> None:
    body = msgspec.json.encode(request_body)
    head = f"POST {infer_path} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    with start() as server, socket.create_connection(("127.0.0.1", server.port), 10) as opened:
        opened.sendall(head + body[:10])
        wait_until(lambda: server.metric("http_requests_active") >= 2)
        server.process.terminate()
        wait_until(lambda: not is_listening(server))
        opened.sendall(body[10:])
        assert opened.recv(1024 * 1024).startswith(b"HTTP/1.1 200 ")
        assert server.process.wait(30) == 0


def is_listening(server: Server) -> bool:
    try:
        httpx.get(f"http://127.0.0.1:{server.port}/v2/health/live")
    except httpx.TransportError:
        return False
    return True


def test_a_server_without_requests_ends_at_once(start: Start) -> None:
    with start() as server:
        started = time.monotonic()
        assert server.end() == 0
        assert time.monotonic() - started < 10
