"""Captured predictions of an environment by month, as the service wrote them."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Annotated

import msgspec
import polars as pl

from .. import store
from ..manifest import PROOF, InputSpec

READERS = 8  # objects are small: most of the time goes to the way
MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")

Digest = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]

DTYPES = {"BYTES": pl.String, "FP32": pl.Float32, "INT64": pl.Int64}
MINUTES = len("2013-04-01T05:15")
MINUTE_FORMAT = "%Y-%m-%dT%H:%M"


class Record(msgspec.Struct):
    """One line: one answered row and the digest of the model that answered."""

    time: str
    model: Digest
    key: str
    columns: dict[str, str | int | float | None]
    probability: float


@dataclass(frozen=True)
class Captures:
    """The records, and how many lines could not be read."""

    records: list[Record]
    unreadable: int


def months(place: str) -> list[str]:
    """Return the months of which the store at `place` holds something, newest first."""
    with store.opened(place) as opened:
        found = opened.list_with_delimiter()["common_prefixes"]
    return sorted(filter(MONTH.fullmatch, found), reverse=True)


def read(place: str, month: str) -> Captures:
    """Read every object of a month; a half-written line is skipped and counted.

    What proved a release is left out.

    Raises:
        ProjectError: The store cannot be read.
    """
    decoder = msgspec.json.Decoder(Record)
    records, unreadable = [], 0
    for content in _contents(place, month):
        for line in content.splitlines():
            try:
                records.append(decoder.decode(line))
            except (msgspec.DecodeError, UnicodeDecodeError):
                unreadable += 1
    asked = [record for record in records if not record.key.startswith(PROOF)]
    return Captures(asked, unreadable)


def _contents(place: str, month: str) -> Iterator[bytes]:
    with store.opened(place) as opened, ThreadPoolExecutor(READERS) as pool:
        paths = sorted(entry["path"] for part in opened.list(month) for entry in part)
        whole = [path for path in paths if path.endswith(".jsonl") and "/." not in path]
        yield from pool.map(lambda path: bytes(opened.get(path).bytes()), whole)


def to_frame(records: list[Record], inputs: list[InputSpec]) -> pl.DataFrame:
    """Return one row a key, the latest, with `probability` and the inputs by name, key included."""
    key = next(spec.name for spec in inputs if spec.role == "key")
    columns = {
        "time": pl.Series([record.time for record in records], dtype=pl.String),
        "probability": pl.Series([record.probability for record in records], dtype=pl.Float32),
        key: pl.Series([record.key for record in records], dtype=pl.String),
    }
    for spec in inputs:
        if spec.role != "key":
            values = [record.columns.get(spec.name) for record in records]
            columns[spec.name] = pl.Series(values, dtype=DTYPES[spec.datatype])
    times = [spec.name for spec in inputs if spec.role == "time"]
    return (
        pl.DataFrame(columns)
        .with_columns(pl.col(times).str.head(MINUTES).str.to_datetime(MINUTE_FORMAT, strict=False))
        .sort("time", maintain_order=True)
        .unique(key, keep="last", maintain_order=True)
        .drop("time")
    )
