"""Captured rows as JSON lines, which servers up to 1.0 wrote below a month, as the same tables."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date

import msgspec
import numpy as np
import polars as pl

from .. import captured
from ..contract.captured import ANSWERED, MANIFEST, MODEL, PREDICTION, Answerer, CapturedLine
from ..contract.inputs import InputSpec
from ..schema import time_name

MINUTES = len("2013-04-01T05:15")
MINUTE_FORMAT = "%Y-%m-%dT%H:%M"
Inputs = Callable[[Answerer], list[InputSpec]]


def read(contents: Iterable[bytes]) -> tuple[list[CapturedLine], int]:
    """Return the rows that clients asked for, and how many lines could not be read."""
    decoder = msgspec.json.Decoder(CapturedLine)
    rows, unreadable = [], 0
    for content in contents:
        for line in content.splitlines():
            try:
                rows.append(decoder.decode(line))
            except (msgspec.DecodeError, UnicodeDecodeError):
                unreadable += 1
    return [row for row in rows if not row.proves_release], unreadable


def by_day(rows: list[CapturedLine], first: date, inputs: Inputs) -> dict[date, list[pl.DataFrame]]:
    """Return the rows as tables, each of one day and of what answered it.

    `inputs` says which a model takes; of one that it does not know only the answers are returned.
    A row without a time, and one of such a model, belongs to the `first` day of the month.
    """
    answered = defaultdict(list)
    for row in rows:
        answered[Answerer(row.model, row.manifest)].append(row)
    days = defaultdict(list)
    for answerer, lines in answered.items():
        specs = inputs(answerer)
        table = _table(lines, specs)
        day = pl.col(time_name(specs)).dt.date().fill_null(first) if specs else pl.lit(first)
        parts = table.with_columns(day.alias("day")).partition_by(
            "day", as_dict=True, include_key=False
        )
        for (of,), part in parts.items():
            days[of].append(part)
    return days


def _table(rows: list[CapturedLine], specs: list[InputSpec]) -> pl.DataFrame:
    predictions = np.array([row.prediction for row in rows], np.float32)
    columns = {
        ANSWERED: _clock([row.time for row in rows]),
        MODEL: pl.Series([row.model for row in rows], dtype=pl.String),
        MANIFEST: pl.Series([row.manifest for row in rows], dtype=pl.String),
        PREDICTION: pl.Series(predictions, dtype=captured.prediction_type(predictions)),
    }
    for spec in specs:
        values = (row.key if spec.role == "key" else row.columns.get(spec.name) for row in rows)
        column = pl.Series(list(values), dtype=captured.DTYPES[spec.datatype])
        columns[spec.name] = _local(column) if spec.role == "time" else column
    return pl.DataFrame(columns)


def _clock(times: list[str]) -> pl.Series:
    clock = pl.Series(times, dtype=pl.String).str
    return clock.to_datetime(
        "%Y-%m-%dT%H:%M:%S%.f%:z", time_unit="ms", time_zone="UTC", strict=False
    )


def _local(times: pl.Series) -> pl.Series:
    minutes = times.str.head(MINUTES).str.to_datetime(MINUTE_FORMAT, strict=False)
    return minutes.cast(captured.LOCAL)
