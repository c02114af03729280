"""A small object store that speaks S3 over HTTP, and can be told to fail."""

import re
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from xml.etree import ElementTree
from xml.sax.saxutils import escape

import polars as pl


class Bucket(ThreadingHTTPServer):
    """The store: objects by path, what it was asked, and how it behaves."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.objects: dict[str, bytes] = {}
        self.asked: list[str] = []
        self.sent = 0  # bytes of the parts of objects that were asked for
        self.status = 200  # of every answer
        self.failures = 0  # answers that are 500 before the next good one
        self.seconds = 0.0  # before every answer
        self.written = datetime.now(UTC)  # when every object was

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Keep quiet about a client that has gone before its answer came."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)

    def variables(self) -> dict[str, str]:
        """Return what a client must be told."""
        return {
            "AWS_ACCESS_KEY_ID": "key",
            "AWS_ALLOW_HTTP": "true",
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self.server_port}",
            "AWS_REGION": "us-east-1",
            "AWS_SECRET_ACCESS_KEY": "secret",
        }

    def rows(self, prefix: str = "") -> list[dict[str, Any]]:
        """Return the rows of the Parquet objects below `prefix`."""
        found = sorted(path for path in self.objects if path.startswith(prefix))
        return [row for path in found for row in pl.read_parquet(self.objects[path]).to_dicts()]


class _Handler(BaseHTTPRequestHandler):
    server: Bucket
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Keep quiet."""

    def do_PUT(self) -> None:
        content = self._begin()
        if self._status() == 200:
            self.server.objects[unquote(urlsplit(self.path).path)[1:]] = content
        self._answer(self._status(), b"")
        self.server.failures -= 1

    def do_GET(self) -> None:
        self._begin()
        address = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(address.query).items()}
        path = unquote(address.path)[1:]
        if "list-type" in query:
            self._answer(self.server.status, self._listing(path.rstrip("/"), query))
        elif path in self.server.objects:
            self._send(self.server.objects[path])
        else:
            self._answer(404, b"<Error><Code>NoSuchKey</Code></Error>")

    do_HEAD = do_GET  # noqa: N815 the same without the content

    def do_POST(self) -> None:
        """Delete many."""
        document = ElementTree.fromstring(self._begin())  # noqa: S314
        bucket = urlsplit(self.path).path.strip("/")
        keys = [element.text for element in document.iter() if element.tag.endswith("Key")]
        for key in keys if self.server.status == 200 else []:
            self.server.objects.pop(f"{bucket}/{key}")
        deleted = "".join(f"<Deleted><Key>{escape(key or '')}</Key></Deleted>" for key in keys)
        self._answer(self.server.status, f"<DeleteResult>{deleted}</DeleteResult>".encode())

    def _status(self) -> int:
        return 500 if self.server.failures > 0 else self.server.status

    def _begin(self) -> bytes:
        content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.asked.append(f"{self.command} {self.path}")
        time.sleep(self.server.seconds)
        return content

    def _send(self, content: bytes) -> None:
        """Answer with an object, or with the part of it that was asked for."""
        if self.server.failures > 0:
            self.server.failures -= 1
            return self._answer(500, b"")
        whole = len(content)
        asked = re.fullmatch(r"bytes=(\d*)-(\d*)", self.headers.get("Range", ""))
        if asked is None or self.server.status != 200:
            return self._answer(self.server.status, content)
        first = int(asked[1]) if asked[1] else max(0, whole - int(asked[2]))
        last = min(int(asked[2]), whole - 1) if asked[1] and asked[2] else whole - 1
        self.server.sent += last + 1 - first
        span = f"bytes {first}-{last}/{whole}"
        return self._answer(206, content[first : last + 1], {"Content-Range": span})

    def _answer(self, status: int, content: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("ETag", '"1"')
        self.send_header("Last-Modified", format_datetime(self.server.written, usegmt=True))
        self.end_headers()
        if self.command != "HEAD":
            with suppress(ConnectionError):  # who waits no longer is gone
                self.wfile.write(content)

    def _listing(self, bucket: str, query: dict[str, str]) -> bytes:
        prefix = f"{bucket}/{query.get('prefix', '')}"
        found, folders = [], set()
        for path in sorted(self.server.objects):
            if path.startswith(prefix):
                folder, inside, _ = path[len(prefix) :].partition("/")
                if inside and "delimiter" in query:
                    folders.add(f"{prefix}{folder}/"[len(bucket) + 1 :])
                else:
                    found.append(path[len(bucket) + 1 :])
        contents = "".join(
            f"<Contents><Key>{escape(key)}</Key>"
            f"<Size>{len(self.server.objects[f'{bucket}/{key}'])}</Size>"
            f"<LastModified>{self.server.written:%Y-%m-%dT%H:%M:%SZ}</LastModified></Contents>"
            for key in found
        )
        common = "".join(
            f"<CommonPrefixes><Prefix>{escape(folder)}</Prefix></CommonPrefixes>"
            for folder in sorted(folders)
        )
        return f"<ListBucketResult>{contents}{common}</ListBucketResult>".encode()


@contextmanager
def running() -> Iterator[Bucket]:
    """Run a store until the block ends."""
    with Bucket() as bucket:
        thread = threading.Thread(target=bucket.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield bucket
        finally:
            bucket.shutdown()
            thread.join()
