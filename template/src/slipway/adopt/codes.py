"""Codes that look like numbers: a postcode such as 01067 would lose its zero."""

from collections.abc import Collection

import polars as pl

from ..sources.files import FileFormat, locate, scan, told

LEADING_ZERO = r"^0\d"


def restore(
    frame: pl.DataFrame, path: str, file_format: FileFormat, others: Collection[str]
) -> pl.DataFrame:
    """Return the columns of a CSV file that hold codes as text, as the source will read them.

    Polars inferred numbers there, so the file is looked at once more. `others` are left alone.
    """
    numbers = [
        name
        for name, dtype in frame.schema.items()
        if dtype.is_numeric() and not dtype.is_decimal() and name not in others
    ]
    if not numbers or not locate(path).endswith(".csv"):
        return frame
    texts = scan(path, file_format, types={})
    with told(path):
        has_code = pl.col(numbers).str.contains(LEADING_ZERO).any()
        row = texts.select(has_code).collect(engine="streaming").row(0, named=True)
        codes = [name for name in numbers if row[name]]
        if not codes:
            return frame
        return frame.with_columns(texts.select(codes).collect(engine="streaming").get_columns())
