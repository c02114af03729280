"""Keep every prediction for the monitor, as Parquet, without ever holding up an answer."""

import threading
import time
import uuid
from collections import deque
from itertools import chain
from typing import Any

import msgspec
import numpy as np
import polars as pl
import structlog

from .. import captured, store
from ..bundle import Model
from ..contract.captured import Answerer
from ..logs import context, span
from ..logs.span import Span
from ..schema import time_name
from .inputs import Batch
from .settings import ServeSettings
from .telemetry import Metrics

OBJECT_ROWS = 10_000  # of one object, some 100 KB; as many are written before the time is up
RETRY_SECONDS = 2
CLOSE_SECONDS = 10  # for what waits when the server ends
TIMEOUT = "5s"  # of one write
MINUTE_FORMAT = "%Y-%m-%dT%H:%M"
encode = msgspec.msgpack.Encoder().encode
log = structlog.get_logger()


class Answered(msgspec.Struct, array_like=True):
    """The rows of one answered request while they wait: a list an input but the key."""

    milliseconds: int  # since 1970
    request: str
    keys: list[str]
    inputs: dict[str, list[Any]]
    predictions: list[Any]
    trace: str = ""  # the span of the request, where one is kept


decode = msgspec.msgpack.Decoder(Answered).decode


def begun(answered: Answered, name: str) -> Span:
    """Return the span of the way of an answer's rows into the objects called `name`."""
    rows = len(answered.keys)
    way = span.begin("capture", context.parse(answered.trace), rows=rows, object=name)
    way.started = answered.milliseconds / 1000
    return way


class Capture:
    """A bounded queue of answered requests and the thread that writes it to the capture store.

    Rows lie below month and day of their time input, so that both are found whenever they were
    predicted. Objects appear whole. What a store does not take is kept and tried again; what the
    queue cannot take meanwhile is dropped and counted.

    Raises:
        ProjectError: The store cannot be opened.
    """

    def __init__(self, settings: ServeSettings, model: Model, metrics: Metrics) -> None:
        self._store = store.connect(
            settings.capture_store, timeout=TIMEOUT, retry_config={"max_retries": 0}
        )
        self._answerer = Answerer(model.model_digest, model.manifest_digest)
        self._specs = model.manifest.inputs
        self._time = time_name(self._specs)
        self._rows_maximum = settings.capture_rows_maximum
        self._seconds = settings.capture_seconds
        self._metrics = metrics
        self._queue: deque[bytes] = deque()
        self._objects: dict[str, tuple[bytes, int]] = {}  # with their rows, being written
        self._spans: list[Span] = []  # of traced requests whose rows are being written
        self._put = 0  # rows, counted by the event loop
        self._taken = 0  # rows that left the queue, counted by the writer
        self._written = 0
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

        They become bytes here and now: objects that wait would keep the garbage collector busy.
        """
        rows = len(predictions)
        if self._waiting() + rows > self._rows_maximum:
            self._metrics.capture_dropped.labels("queue full").inc(rows)
            return
        now, header = round(time.time() * 1000), span.carried().get(context.VARIABLE, "")
        self._queue.append(
            encode(Answered(now, request_id, batch.keys, batch.values, predictions, header))
        )
        self._put += rows
        if self._put - self._taken >= OBJECT_ROWS and not self._failing:
            self._wake.set()

    def _waiting(self) -> int:
        return self._put - self._written

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
        last = self._put
        while self._taken < last or self._objects:
            if not self._objects:
                self._take()
            for path, (content, rows) in list(self._objects.items()):
                if not self._write(path, content, rows):
                    return False
                del self._objects[path]
                self._written += rows
            self._keep_spans()
        return True

    def _keep_spans(self) -> None:
        """Keep how long the rows of traced requests took into the store, and where they are."""
        while self._spans:
            span.keep(self._spans.pop())

    def _take(self) -> None:
        """Make objects of what is in the queue; each is named once, also when it is late."""
        requests, rows = [], 0
        while self._queue and rows < OBJECT_ROWS:
            requests.append(decode(self._queue.popleft()))
            rows += len(requests[-1].keys)
        name = f"{time.time_ns()}-{self._process}"
        self._objects = captured.objects(self._table(requests), self._time, name)
        self._spans = [begun(one, name) for one in requests if one.trace]
        self._taken += rows

    def _table(self, requests: list[Answered]) -> pl.DataFrame:
        columns = {}
        for spec in self._specs:
            listed = (one.keys if spec.role == "key" else one.inputs[spec.name] for one in requests)
            dtype = captured.DTYPES[spec.datatype]
            columns[spec.name] = pl.Series(list(chain.from_iterable(listed)), dtype=dtype)
        minute = pl.col(self._time).str.to_datetime(MINUTE_FORMAT)
        rows = [len(one.keys) for one in requests]
        return captured.table(
            self._specs,
            pl.DataFrame(columns).with_columns(minute),
            np.array([*chain.from_iterable(one.predictions for one in requests)], np.float32),
            self._answerer,
            np.repeat([one.request for one in requests], rows).tolist(),
            np.repeat([one.milliseconds for one in requests], rows),
        )

    def _write(self, path: str, content: bytes, rows: int) -> bool:
        try:
            self._store.put(path, content, use_multipart=False)
        except store.FAILURES as error:
            log.error("capture failed", rows=rows, why=store.reason(error))
            return False
        self._metrics.captured.inc(rows)
        return True
