"""Keep every prediction for the monitor, in JSON lines, without ever holding up an answer."""

import threading
import time
import uuid
from collections import deque
from datetime import UTC, datetime
from typing import Any

import msgspec
import structlog

from .. import store
from ..bundle import Model
from ..contract.captured import CapturedRow
from .inputs import Batch
from .settings import ServeSettings
from .telemetry import Metrics

FLUSH_ROWS = 2000  # a burst is written before the time is up
OBJECT_ROWS = 10_000  # in one object, some megabytes
RETRY_SECONDS = 2
CLOSE_SECONDS = 10  # for what waits when the server ends
TIMEOUT = "5s"  # of one write
MONTH_LENGTH = len("2013-01")
encode = msgspec.json.Encoder().encode
log = structlog.get_logger()


class Capture:
    """A bounded queue of answered requests and the thread that writes it to the capture store.

    Rows lie below the month (YYYY-MM) of their time input, so that a month is found whenever it
    was predicted. Objects appear whole. What a store does not take is kept and tried again; what
    the queue cannot take meanwhile is dropped and counted.

    Raises:
        ProjectError: The store cannot be opened.
    """

    def __init__(
        self, settings: ServeSettings, model: Model, times: list[str], metrics: Metrics
    ) -> None:
        self._store = store.connect(
            settings.capture_store, timeout=TIMEOUT, retry_config={"max_retries": 0}
        )
        self._model, self._manifest = model.model_digest, model.manifest_digest
        self._time_input = times[0] if times else ""
        self._rows_maximum = settings.capture_rows_maximum
        self._seconds = settings.capture_seconds
        self._metrics = metrics
        self._queue: deque[tuple[str, bytes]] = deque()
        self._batch: dict[str, list[bytes]] = {}  # lines of each object that is being written
        self._put = 0  # rows, counted by the event loop
        self._taken = 0  # rows, counted by the writer
        self._process = uuid.uuid4().hex[:12]  # a pid repeats in containers
        self._failing = False
        self._stopped = False
        self._wake = threading.Event()
        self._thread = threading.Thread(target=self._run, name="capture", daemon=True)
        metrics.capture_queue.set_function(self._waiting)

    def start(self) -> None:
        """Begin to write."""
        self._thread.start()

    def close(self) -> None:
        """Write what is left and end; count what the store did not take in time."""
        self._stopped = True
        self._wake.set()
        self._thread.join()
        if lost := self._waiting():
            self._metrics.capture_dropped.labels("not written").inc(lost)
            log.error("captures lost", rows=lost)

    def put(self, request_id: str, batch: Batch, predictions: list[Any]) -> None:
        """Queue the rows of an answered request, or drop and count them when it is full.

        Lines are made here and now: objects that wait would keep the garbage collector busy.
        """
        rows = len(predictions)
        if self._waiting() + rows > self._rows_maximum:
            self._metrics.capture_dropped.labels("queue full").inc(rows)
            return
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        names = tuple(batch.values)
        for key, prediction, *inputs in zip(
            batch.keys, predictions, *batch.values.values(), strict=True
        ):
            columns = dict(zip(names, inputs, strict=True))
            month = columns.get(self._time_input, now)[:MONTH_LENGTH]
            row = CapturedRow(
                now, self._model, request_id, key, columns, prediction, self._manifest
            )
            self._queue.append((month, encode(row)))
        self._put += rows
        if len(self._queue) >= FLUSH_ROWS and not self._failing:
            self._wake.set()

    def _waiting(self) -> int:
        return self._put - self._taken

    def _run(self) -> None:
        while not self._stopped:
            self._wake.wait(RETRY_SECONDS if self._failing else self._seconds)
            self._wake.clear()
            self._failing = not self._flush()
        deadline = time.monotonic() + CLOSE_SECONDS
        while not self._flush() and time.monotonic() < deadline:
            time.sleep(RETRY_SECONDS)

    def _flush(self) -> bool:
        """Write what waits now; return False when the store failed, the rows are kept then."""
        rows = len(self._queue)
        while rows or self._batch:
            if not self._batch:
                rows -= self._take(min(rows, OBJECT_ROWS))
            for path, lines in list(self._batch.items()):
                if not self._write(path, lines):
                    return False
                del self._batch[path]
                self._taken += len(lines)
        return True

    def _take(self, rows: int) -> int:
        """Move rows from the queue to the batch; an object is named once, also when it is late."""
        name = f"{time.time_ns()}-{self._process}.jsonl"
        for _ in range(rows):
            month, line = self._queue.popleft()
            self._batch.setdefault(f"{month}/{name}", []).append(line)
        return rows

    def _write(self, path: str, lines: list[bytes]) -> bool:
        try:
            self._store.put(path, b"\n".join([*lines, b""]), use_multipart=False)
        except store.FAILURES as error:
            log.error("capture failed", rows=len(lines), why=store.reason(error))
            return False
        self._metrics.captured.inc(len(lines))
        return True
