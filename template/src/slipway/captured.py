"""Captured rows as a table, and as Parquet objects by day: what any tool can read.

An object is `<month>/<day>/<name>.parquet`, the day that of its rows' time input.
"""

import io
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import polars as pl
from obstore.store import ObjectStore

from .contract.captured import ANSWERED, MANIFEST, MODEL, PREDICTION, REQUEST, Answerer
from .contract.inputs import Datatype, InputSpec
from .features import Array

DTYPES: dict[Datatype, pl.DataType] = {
    "BOOL": pl.Boolean(),
    "BYTES": pl.String(),
    "FP32": pl.Float32(),
    "INT64": pl.Int64(),
}
LOCAL, CLOCK = pl.Datetime("ms"), pl.Datetime("ms", "UTC")
DAY_PATH = "%Y-%m/%d"
SUFFIX = ".parquet"
ROWS_MAXIMUM = 100_000  # of an object, some megabytes: readers hold a few at a time


def input_types(specs: list[InputSpec]) -> dict[str, pl.DataType]:
    """Return the type of each input's column, the key included."""
    return {spec.name: LOCAL if spec.role == "time" else DTYPES[spec.datatype] for spec in specs}


def table(
    specs: list[InputSpec],
    inputs: pl.DataFrame,
    predictions: Array,
    answerer: Answerer,
    requests: str | Sequence[str],
    answered: Any = None,
) -> pl.DataFrame:
    """Return the captured rows of `inputs`, (n,) each, as a model with `specs` has answered them.

    `predictions` are (n,) or (n, k). `requests` is the id of the request of each row, or of all;
    `answered` is when each was answered, in milliseconds since 1970, or now.
    """
    now = round(datetime.now(UTC).timestamp() * 1000)
    clock = pl.lit(now) if answered is None else pl.Series(answered, dtype=pl.Int64)
    ids = pl.lit(requests) if isinstance(requests, str) else pl.Series(requests, dtype=pl.String)
    return inputs.select(
        *(pl.col(name).cast(dtype) for name, dtype in input_types(specs).items()),
        clock.cast(CLOCK).alias(ANSWERED),
        ids.alias(REQUEST),
        pl.lit(answerer.model).alias(MODEL),
        pl.lit(answerer.manifest, pl.String).alias(MANIFEST),
        pl.Series(PREDICTION, predictions, dtype=prediction_type(predictions)),
    )


def prediction_type(predictions: Array) -> pl.DataType:
    """Return the type of a column of predictions, (n,) or (n, k)."""
    return pl.Array(pl.Float32, predictions.shape[1]) if predictions.ndim > 1 else pl.Float32()


def objects(rows: pl.DataFrame, time: str, name: str) -> dict[str, tuple[bytes, int]]:
    """Return the content of each object and how many rows it holds, by its path.

    `time` is the name of the time input; a row without one belongs to the day of its answer. What
    is too long for one object is in others, whose names go on with a number.
    """
    days = pl.coalesce(pl.col(time).dt.date(), pl.col(ANSWERED).dt.date()).dt.strftime(DAY_PATH)
    parts = rows.with_columns(days.alias("day")).partition_by(
        "day", include_key=False, as_dict=True, maintain_order=True
    )
    return {
        f"{day}/{name}{f'-{number}' if number else ''}{SUFFIX}": (_parquet(piece), len(piece))
        for (day,), part in parts.items()
        for number, piece in enumerate(part.iter_slices(ROWS_MAXIMUM))
    }


def keep(store: ObjectStore, rows: pl.DataFrame, time: str, name: str) -> None:
    """Write captured rows to a store, an object a day; each appears whole.

    The same `name` again replaces what it named: rows that are kept twice count once.
    """
    for path, (content, _) in objects(rows, time, name).items():
        store.put(path, content, use_multipart=False)


def _parquet(rows: pl.DataFrame) -> bytes:
    content = io.BytesIO()
    rows.write_parquet(content, compression="zstd", statistics=False)
    return content.getvalue()
