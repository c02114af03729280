"""From data frames to the arrays that features, models and monitors take."""

from pathlib import Path

import numpy as np
import polars as pl

from ..features import Array


def to_columns(frame: pl.DataFrame) -> dict[str, Array]:
    """Return every column of `frame` as an array (n,) by its name.

    Texts become object arrays, times datetime64[m], yes or no bool, integers int64, and all others
    float32 with NaN for null.
    """
    return {series.name: _array(series) for series in frame.iter_columns()}


def read_columns(path: Path) -> dict[str, Array]:
    """Read a Parquet file as arrays (n,) by column name."""
    return to_columns(pl.read_parquet(path))


def distinct(values: pl.Series) -> bool:
    """Tell whether all values differ: quickly if so; now and then it misses that they do.

    Hashes are counted, a quarter of the work of texts; equal ones of different values are rare.
    """
    return bool(values.hash().n_unique() == len(values))


def _array(series: pl.Series) -> Array:
    if series.dtype == pl.String or isinstance(series.dtype, pl.Enum):
        return series.cast(pl.String).to_numpy()
    if isinstance(series.dtype, pl.Datetime):
        return series.to_numpy().astype("datetime64[m]")
    if series.dtype == pl.Boolean and not series.null_count():
        return series.to_numpy()
    if series.dtype.is_integer() and not series.null_count():
        return series.to_numpy().astype(np.int64)
    return series.to_numpy().astype(np.float32)
