"""What a client may ask of the server: time, bytes, and a place in the queue."""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from .failures import error_body, error_response
from .settings import ServeSettings

HEAD_BYTES_MAXIMUM = 64 * 1024  # request line and headers
LINGER_SECONDS = 2  # for a client to read why it is cut off; closing at once would lose the answer


@dataclass
class Traffic:
    """What the server is doing: the active requests, and whether it is about to end."""

    requests: Collection[object] = ()
    draining: bool = False


class Limits:
    """ASGI middleware: refuse long bodies, and predictions while too many requests are active.

    Probes and metrics are let through. Only what was let in takes a place: a burst of requests
    must not turn all of itself away.
    """

    def __init__(self, app: ASGIApp, settings: ServeSettings) -> None:
        self.app = app
        self.admitted = 0
        self.requests_maximum = settings.requests_maximum
        self.body_bytes_maximum = settings.body_bytes_maximum

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on if there is room; what lies beyond the limit is never read."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
        elif refusal := self._refusal(scope):
            await refusal(scope, receive, send)
        elif scope["method"] != "POST":
            await self.app(scope, self._bounded(receive), send)
        else:
            self.admitted += 1
            try:
                await self.app(scope, self._bounded(receive), send)
            finally:
                self.admitted -= 1

    def _refusal(self, scope: Scope) -> Response | None:
        """Return the answer to a request that its head alone condemns."""
        for name, value in scope["headers"]:
            if name == b"content-length" and int(value) > self.body_bytes_maximum:
                return error_response(413, self._too_long())
            if name == b"content-encoding" and value.lower() not in (b"", b"identity"):
                return error_response(
                    415, "send the body as it is, not compressed.", {"Accept-Encoding": "identity"}
                )
        if scope["method"] == "POST" and self.admitted >= self.requests_maximum:
            return error_response(503, "too many requests are active.", {"Retry-After": "1"})
        return None

    def _too_long(self) -> str:
        return f"the body must not be longer than {self.body_bytes_maximum} bytes."

    def _bounded(self, receive: Receive) -> Receive:
        size = 0

        async def bounded_receive() -> Message:
            nonlocal size
            message = await receive()
            size += len(message.get("body", b""))
            if size > self.body_bytes_maximum:
                raise HTTPException(413, self._too_long())
            return message

        return bounded_receive


async def read_body(receive: Receive) -> bytes:
    """Return the body of a request.

    Raises:
        HTTPException: 413, the body is too long.
        ClientDisconnect: The client left before it was whole.
    """
    chunks, more = [], True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        chunks.append(message.get("body", b""))
        more = message.get("more_body", False)
    return b"".join(chunks)


class BoundedProtocol(HttpToolsProtocol):
    """HTTP/1.1 for impatient servers: a request arrives in `seconds`, or the client is cut off.

    uvicorn alone waits for ever for the rest of a head or body, and reads a head of any size.
    """

    def __init__(self, *args: Any, traffic: Traffic, seconds: float, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.traffic = traffic
        self.seconds = seconds
        self.deadline: asyncio.TimerHandle | None = None
        self.arriving = False
        self.in_head = False
        self.head_bytes = 0
        self.refused = False
        self.reason = ""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for the first byte no longer than between two requests."""
        super().connection_made(transport)
        self.timeout_keep_alive_task = self.loop.call_later(
            self.timeout_keep_alive, self.timeout_keep_alive_handler
        )

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the deadline."""
        self._disarm()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse what has come; start the clock unless it was a whole request."""
        if self.refused:
            return
        super().data_received(data)
        if not self.arriving:
            self._disarm()
            return
        if self.deadline is None:
            self.deadline = self.loop.call_later(self.seconds, self._expire)
        if self.in_head:
            self.head_bytes += len(data)
            if self.head_bytes > HEAD_BYTES_MAXIMUM:
                self._refuse(431, "the request line and headers are too long.")

    def on_message_begin(self) -> None:
        """Note that a request has begun."""
        super().on_message_begin()
        self.arriving = self.in_head = True
        self.head_bytes = 0

    def on_headers_complete(self) -> None:
        """Hand the request to the application; while draining, tell the client to leave."""
        self.in_head = False
        hosts = sum(name == b"host" for name, _ in self.headers)
        if hosts > 1 or (not hosts and self.parser.get_http_version() == "1.1"):
            self.reason = "HTTP/1.1 asks for exactly one Host header."
            raise ValueError(self.reason)  # the parser ends, and send_400_response is called
        super().on_headers_complete()
        if self.traffic.draining:
            self.cycle.keep_alive = False

    def on_message_complete(self) -> None:
        """Note that the request is whole."""
        super().on_message_complete()
        self.arriving = False

    def send_400_response(self, msg: str) -> None:
        """Answer a client that does not speak HTTP."""
        self._refuse(400, self.reason or msg)

    def _disarm(self) -> None:
        if self.deadline is not None:
            self.deadline.cancel()
            self.deadline = None

    def _expire(self) -> None:
        answered = self.cycle is not None and self.cycle.response_started
        if self.in_head and (self.cycle is None or self.cycle.response_complete):
            answered = False
        if answered:
            self.transport.close()
        else:
            self._refuse(408, f"the request did not arrive within {self.seconds:g} seconds.")

    def _refuse(self, status: int, message: str) -> None:
        body = error_body(message)
        head = b"content-type: application/json\r\nconnection: close\r\ncontent-length: %d\r\n\r\n"
        self.transport.write(STATUS_LINE[status] + head % len(body) + body)
        self.transport.write_eof()
        self.refused = True
        self.loop.call_later(LINGER_SECONDS, self.transport.close)
