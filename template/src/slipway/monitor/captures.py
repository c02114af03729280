"""Captured predictions of an environment by month, as the service wrote them."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import msgspec
import polars as pl

from .. import store
from ..contract.captured import CapturedLine
from ..contract.inputs import InputSpec
from ..months import MONTH
from ..schema import key_name

READERS = 8  # objects are small: most of the time goes to the way

DTYPES = {"BOOL": pl.Boolean, "BYTES": pl.String, "FP32": pl.Float32, "INT64": pl.Int64}
MINUTES = len("2013-04-01T05:15")
MINUTE_FORMAT = "%Y-%m-%dT%H:%M"
PREDICTION = "prediction of the model"  # no name of an input: it holds spaces


@dataclass(frozen=True)
class Captures:
    """The rows, and how many lines could not be read."""

    rows: list[CapturedLine]
    unreadable: int


def months(place: str) -> list[str]:
    """Return the months of which the store at `place` holds something, newest first."""
    with store.opened(place) as opened:
        prefixes = opened.list_with_delimiter()["common_prefixes"]
    return sorted(filter(MONTH.fullmatch, prefixes), reverse=True)


def read(place: str, month: str) -> Captures:
    """Read every object of a month; a half-written line is skipped and counted.

    What proved a release is left out.

    Raises:
        ProjectError: The store cannot be read.
    """
    decoder = msgspec.json.Decoder(CapturedLine)
    rows, unreadable = [], 0
    for content in _contents(place, month):
        for line in content.splitlines():
            try:
                rows.append(decoder.decode(line))
            except (msgspec.DecodeError, UnicodeDecodeError):
                unreadable += 1
    asked = [row for row in rows if not row.proves_release]
    return Captures(asked, unreadable)


def by_model(rows: list[CapturedLine]) -> dict[tuple[str, str | None], list[CapturedLine]]:
    """Return the rows by the digests of the model and the manifest that answered them.

    A row that does not say which manifest counts to one of the same model that does.
    """
    manifests = {row.model: row.manifest for row in rows if row.manifest}
    answered: dict[tuple[str, str | None], list[CapturedLine]] = {}
    for row in rows:
        manifest = row.manifest or manifests.get(row.model)
        answered.setdefault((row.model, manifest), []).append(row)
    return answered


def _contents(place: str, month: str) -> Iterator[bytes]:
    with store.opened(place) as opened, ThreadPoolExecutor(READERS) as pool:
        paths = sorted(entry["path"] for part in opened.list(month) for entry in part)
        whole = [path for path in paths if path.endswith(".jsonl") and "/." not in path]
        yield from pool.map(lambda path: bytes(opened.get(path).bytes()), whole)


def to_frame(rows: list[CapturedLine], inputs: list[InputSpec]) -> pl.DataFrame:
    """Return one row a key, the latest, with prediction and inputs by name, key included."""
    key = key_name(inputs)
    columns = {
        "time of the answer": pl.Series([row.time for row in rows], dtype=pl.String),
        PREDICTION: _predictions([row.prediction for row in rows]),
        key: pl.Series([row.key for row in rows], dtype=pl.String),
    }
    for spec in inputs:
        if spec.role != "key":
            values = [row.columns.get(spec.name) for row in rows]
            columns[spec.name] = pl.Series(values, dtype=DTYPES[spec.datatype])
    times = [spec.name for spec in inputs if spec.role == "time"]
    return (
        pl.DataFrame(columns)
        .with_columns(pl.col(times).str.head(MINUTES).str.to_datetime(MINUTE_FORMAT, strict=False))
        .sort("time of the answer", maintain_order=True)
        .unique(key, keep="last", maintain_order=True)
        .drop("time of the answer")
    )


def _predictions(values: list[float | list[float]]) -> pl.Series:
    first = values[0] if values else 0.0
    width = len(first) if isinstance(first, list) else 0
    return pl.Series(values, dtype=pl.Array(pl.Float32, width) if width else pl.Float32)
