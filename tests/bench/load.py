"""A closed-loop HTTP client, light enough that one core of it keeps one core of server busy."""

import asyncio
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np
import uvloop

ANSWER_SECONDS = 10  # of patience after the deadline


@dataclass(frozen=True)
class Load:
    """What one server did for some seconds."""

    requests_per_second: float
    p50_ms: float
    p99_ms: float
    cpu_us: float  # of the server, a request


class Connection(asyncio.Protocol):
    """Sends the same request again as soon as it is answered, until the deadline."""

    def __init__(self, request: bytes, deadline: float, seconds: list[float]) -> None:
        self.request = request
        self.deadline = deadline
        self.seconds = seconds
        self.ended = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Send the first request."""
        self.transport = cast(asyncio.Transport, transport)
        self._send()

    def data_received(self, data: bytes) -> None:
        """Take the answer, once it is whole, and send the next request."""
        self.answer += data
        head, end, body = self.answer.partition(b"\r\n\r\n")
        if not end or len(body) < int(head.lower().partition(b"content-length: ")[2].split()[0]):
            return
        now = time.perf_counter()
        self.seconds.append(now - self.sent)
        if not head.startswith(b"HTTP/1.1 200 "):
            self.ended.set_exception(RuntimeError(self.answer.decode()))
        elif now < self.deadline:
            self._send()
        else:
            self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """Report the end."""
        if not self.ended.done():
            self.ended.set_result(None)

    def _send(self) -> None:
        self.answer = b""
        self.sent = time.perf_counter()
        self.transport.write(self.request)


def post(path: str, body: bytes) -> bytes:
    """Return a request as it goes over the wire."""
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


def load(port: int, pid: int, request: bytes, connections: int, seconds: float) -> Load:
    """Keep `connections` requests active at 127.0.0.1 for so many seconds."""
    taken: list[float] = []
    before, started = cpu_seconds(pid), time.perf_counter()
    uvloop.run(_drive(port, request, connections, started + seconds, taken))
    elapsed, cpu = time.perf_counter() - started, cpu_seconds(pid) - before
    p50, p99 = (float(value) * 1000 for value in np.quantile(taken, [0.5, 0.99]))
    return Load(len(taken) / elapsed, p50, p99, cpu / len(taken) * 1e6)


async def _drive(
    port: int, request: bytes, connections: int, deadline: float, taken: list[float]
) -> None:
    loop = asyncio.get_running_loop()
    opened = [
        await loop.create_connection(
            lambda: Connection(request, deadline, taken), "127.0.0.1", port
        )
        for _ in range(connections)
    ]
    async with asyncio.timeout(deadline - time.perf_counter() + ANSWER_SECONDS):
        await asyncio.gather(*(connection.ended for _, connection in opened))


def cpu_seconds(pid: int) -> float:
    """Return the CPU time that a process has used, in user and system mode."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
