"""Captured predictions of an environment: which objects hold a day's rows, and what is in them."""

import hashlib
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date

import msgspec
import numpy as np
import polars as pl
from obstore.store import ObjectStore

from .. import captured, store
from ..contract.captured import ANSWERED, MANIFEST, MODEL, PREDICTION, REQUEST, Answerer
from ..contract.inputs import InputSpec
from ..features import Array
from ..months import MONTH, month_days
from ..training_data.columns import distinct
from . import lines

READERS = 8  # objects are small: most of the time goes to the way
OBJECT = re.compile(r"(\d{4}-\d\d)/(\d\d)/[^/.][^/]*\.parquet", re.ASCII)
LINES = re.compile(r"\d{4}-\d\d/[^/.][^/]*\.jsonl", re.ASCII)
ROW_BYTES = 40  # of a line's row as it would be in an object
FAILURES = (pl.exceptions.PolarsError, pl.exceptions.PanicException)


@dataclass
class Day:
    """Where the captured rows of a day are: in objects by their path, and in lines of the month.

    An object is told from another under its name by size and time.
    """

    date: date
    objects: dict[str, tuple[int, str]] = field(default_factory=dict)
    lines: list[pl.DataFrame] = field(default_factory=list)

    @property
    def digest(self) -> str:
        """Name what there is to read."""
        text = msgspec.json.encode([self.objects, [len(part) for part in self.lines]])
        return hashlib.sha256(text).hexdigest()

    @property
    def bytes(self) -> int:
        """Return how much there is to read, about."""
        size = sum(size for size, _ in self.objects.values())
        return size + sum(map(len, self.lines)) * ROW_BYTES


def months(place: str) -> list[str]:
    """Return the months of which the store at `place` holds something, newest first."""
    with store.opened(place) as opened:
        prefixes = opened.list_with_delimiter()["common_prefixes"]
    return sorted(filter(MONTH.fullmatch, prefixes), reverse=True)


def days(place: str, month: str, inputs: lines.Inputs) -> tuple[list[Day], int]:
    """Return the days of a month that have captures, oldest first, and how many lines were cut.

    `inputs` says which inputs a model takes, none for one that is not known.

    Raises:
        ProjectError: The store cannot be read.
    """
    found: dict[date, Day] = {}
    with store.opened(place) as opened:
        entries = {entry["path"]: entry for part in opened.list(month) for entry in part}
        for path, entry in sorted(entries.items()):
            if day := _day(path):
                objects = found.setdefault(day, Day(day)).objects
                objects[path] = entry["size"], entry["last_modified"].isoformat()
        old = [path for path in sorted(entries) if LINES.fullmatch(path)]
        rows, unreadable = lines.read(contents(opened, old))
    for day, tables in lines.by_day(rows, month_days(month)[0], inputs).items():
        found.setdefault(day, Day(day)).lines = tables
    return [found[day] for day in sorted(found)], unreadable


def _day(path: str) -> date | None:
    parts = OBJECT.fullmatch(path)
    try:
        return date.fromisoformat(f"{parts[1]}-{parts[2]}") if parts else None
    except ValueError:
        return None


def contents(opened: ObjectStore, paths: list[str]) -> Iterator[bytes]:
    """Return what each object holds, in the order of `paths`; a few are read at once."""
    with ThreadPoolExecutor(READERS) as pool:
        for start in range(0, len(paths), READERS):
            batch = paths[start : start + READERS]
            yield from pool.map(lambda path: bytes(opened.get(path).bytes()), batch)


def read(content: bytes) -> pl.DataFrame:
    """Return the rows of an object without what no figure is made of.

    Raises:
        PolarsError: It is no Parquet.
    """
    names = [name for name in pl.read_parquet_schema(content) if name != REQUEST]
    return pl.read_parquet(content, columns=names)


def by_answerer(rows: pl.DataFrame) -> dict[Answerer, pl.DataFrame]:
    """Return the rows of an object by what answered them, nearly always one.

    Raises:
        PolarsError: They do not say what did.
    """
    said = rows.select(MODEL, MANIFEST).head(1).rows()
    if not said:
        return {}
    ((model, manifest),) = said
    same = (pl.col(MODEL) == model).all() & pl.col(MANIFEST).eq_missing(manifest).all()
    if rows.select(same).item():
        return {Answerer(str(model), manifest): rows}
    parts = rows.partition_by(MODEL, MANIFEST, as_dict=True)
    return {Answerer(str(model), manifest): part for (model, manifest), part in parts.items()}


def typed(rows: pl.DataFrame, specs: list[InputSpec]) -> pl.DataFrame:
    """Return prediction, time of the answer and inputs by name, all as `specs` says.

    An input that was not captured is null, and so is a value that is none of its type.

    Raises:
        PolarsError: There is no prediction, or it is no number.
    """
    columns = [_prediction(rows[PREDICTION]), rows[ANSWERED].cast(captured.CLOCK)]
    for name, dtype in captured.input_types(specs).items():
        values = rows[name] if name in rows.columns else pl.Series(name, [None] * len(rows))
        columns.append(values if values.dtype == dtype else values.cast(dtype, strict=False))
    return pl.DataFrame(columns)


def _prediction(values: pl.Series) -> pl.Series:
    if not values.dtype.is_nested():
        return values.cast(pl.Float32)
    lists = values.cast(pl.List(pl.Float32))
    return lists if lists.is_empty() else lists.list.to_array(len(lists[0]))


def predictions(rows: pl.DataFrame) -> Array:
    """Return what the model predicted for the rows of a frame, (n,) or (n, k)."""
    values: Array = rows[PREDICTION].to_numpy()
    return values


def latest(rows: pl.DataFrame, key: str) -> pl.DataFrame:
    """Return one row a key, the one that was answered last."""
    if distinct(rows[key]):
        return rows
    ordered = rows.sort(ANSWERED, maintain_order=True)
    return ordered.unique(key, keep="last", maintain_order=True)


def finite(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the rows whose prediction is a number: a model that fails can answer none."""
    known = rows.drop_nulls(PREDICTION) if rows[PREDICTION].null_count() else rows
    if known.is_empty():
        return known
    numbers = np.asarray(np.isfinite(predictions(known)).reshape(len(known), -1).all(axis=1))
    return known if numbers.all() else known.filter(numbers)
