"""Keep every prediction for the monitor, in JSON lines, without ever holding up an answer."""

import threading
import time
import uuid
from collections import deque
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import structlog

from ..errors import ProjectError
from .inputs import Batch
from .telemetry import Metrics

FLUSH_SECONDS = 0.5
FLUSH_ROWS = 2000  # a burst is written before the time is up
MONTH_LENGTH = len("2013-01")
encode = msgspec.json.Encoder().encode
log = structlog.get_logger()


class CapturedRow(msgspec.Struct):
    """One line; `time` is the wall clock in UTC, `columns` holds the inputs as received."""

    time: str
    model: str
    request: str
    key: str
    columns: dict[str, Any]
    probability: float


class Capture:
    """A bounded queue of answered requests and the thread that writes it to `directory`.

    Rows lie in a subdirectory for the month (YYYY-MM) of their time input, so that a month is
    found whenever it was predicted. Files appear whole. What the queue or the disk cannot take
    is dropped and counted.

    Raises:
        ProjectError: `directory` cannot be made.
    """

    def __init__(
        self,
        directory: Path,
        model: str,
        times: list[str],
        rows_maximum: int,
        metrics: Metrics,
    ) -> None:
        try:
            directory.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ProjectError(
                f"CAPTURE_DIR {directory} cannot be made: {error.strerror}; name a writable place."
            ) from None
        self._directory = directory
        self._model = model
        self._time_input = times[0] if times else ""
        self._rows_maximum = rows_maximum
        self._metrics = metrics
        self._queue: deque[tuple[str, bytes]] = deque()
        self._put = 0  # rows, counted by the event loop
        self._taken = 0  # rows, counted by the writer
        self._process = uuid.uuid4().hex[:12]  # a pid repeats in containers
        self._stopped = False
        self._wake = threading.Event()
        self._thread = threading.Thread(target=self._run, name="capture", daemon=True)
        metrics.capture_queue.set_function(lambda: self._put - self._taken)

    def start(self) -> None:
        """Begin to write."""
        self._thread.start()

    def close(self) -> None:
        """Write what is left and end."""
        self._stopped = True
        self._wake.set()
        self._thread.join()

    def put(self, request_id: str, batch: Batch, probabilities: list[float]) -> None:
        """Queue the rows of an answered request, or drop and count them when it is full.

        Lines are made here and now: objects that wait would keep the garbage collector busy.
        """
        rows = len(probabilities)
        if self._put - self._taken + rows > self._rows_maximum:
            self._metrics.capture_dropped.labels("queue full").inc(rows)
            return
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        names = tuple(batch.values)
        for key, probability, *row in zip(
            batch.keys, probabilities, *batch.values.values(), strict=True
        ):
            columns = dict(zip(names, row, strict=True))
            month = columns.get(self._time_input, now)[:MONTH_LENGTH]
            line = encode(CapturedRow(now, self._model, request_id, key, columns, probability))
            self._queue.append((month, line))
        self._put += rows
        if self._put - self._taken >= FLUSH_ROWS:
            self._wake.set()

    def _run(self) -> None:
        while not self._stopped:
            self._wake.wait(FLUSH_SECONDS)
            self._wake.clear()
            self._flush()
        self._flush()

    def _flush(self) -> None:
        months: dict[str, list[bytes]] = {}
        rows = len(self._queue)
        for _ in range(rows):
            month, line = self._queue.popleft()
            months.setdefault(month, []).append(line)
        for month, lines in months.items():
            self._write(self._directory / month, lines)
        self._taken += rows

    def _write(self, directory: Path, lines: list[bytes]) -> None:
        name = f"{time.time_ns()}-{self._process}.jsonl"
        partial = directory / f".{name}"
        try:
            directory.mkdir(exist_ok=True)
            partial.write_bytes(b"\n".join([*lines, b""]))
            partial.replace(directory / name)
        except OSError as error:
            with suppress(OSError):
                partial.unlink()
            self._metrics.capture_dropped.labels("not written").inc(len(lines))
            log.error("capture failed", rows=len(lines), why=error.strerror)
        else:
            self._metrics.captured.inc(len(lines))
