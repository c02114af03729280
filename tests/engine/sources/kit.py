"""Parcels as a table: features and outcome side by side, as users have them."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest

from parcels import source
from parcels.schema import Features
from slipway.errors import ProjectError
from slipway.sources import Source
from slipway.sources.table import Columns, Table

FIRST, END = date(2024, 1, 1), date(2024, 1, 11)
LABEL_DELAY = timedelta(days=3)


def parcels() -> pl.DataFrame:
    """Return ten days of parcels, their outcome in the column `late`."""
    labels = source.read_labels(FIRST, END, date(2025, 1, 1)).rename({"label": "late"})
    return source.read_features(FIRST, END).join(labels, "parcel_id", maintain_order="left")


def columns(**changes: Any) -> Columns:
    """Return what the columns of `parcels` mean."""
    meanings: dict[str, Any] = {
        "schema": Features,
        "time": "handed_over",
        "outcome": "late",
        "event": 1,
        "label_delay": LABEL_DELAY,
        "key": "parcel_id",
    }
    return Columns(**(meanings | changes))


def features(table: Table) -> pl.DataFrame:
    """Return every row."""
    return table.read_features(FIRST, END)


def labels(table: Table) -> list[int]:
    """Return every outcome, in the order of the keys."""
    return table.read_labels(FIRST, END, date(2025, 1, 1)).sort("parcel_id")["label"].to_list()


def both(table: Source | Table) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return features and labels as a training on 2024-01-09 reads them."""
    as_of = date(2024, 1, 9)
    outcomes = table.read_labels(FIRST, as_of, as_of)
    return table.read_features(FIRST, as_of), outcomes.sort("parcel_id")


def sentence(call: Callable[[], object]) -> str:
    """Return the one sentence that a call fails with."""
    with pytest.raises(ProjectError) as caught:
        call()
    text = str(caught.value)
    assert text.endswith(".")
    assert "\n" not in text
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    return text
