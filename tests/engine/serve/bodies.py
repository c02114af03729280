"""Rows of the data as bodies of requests."""

from typing import Any

import msgspec
import polars as pl

from slipway.bundle import Model

Body = dict[str, Any]


def as_rows(frame: pl.DataFrame, model: Model) -> list[Body]:
    """Return the rows as the typed route takes them."""
    names = [spec.name for spec in model.manifest.inputs]
    rows: list[Body] = msgspec.to_builtins(frame.select(names).to_dicts())
    return rows


def as_tensors(rows: list[Body], model: Model) -> Body:
    """Return the rows as the body of an inference request."""
    tensors = [
        {
            "name": spec.name,
            "shape": [len(rows)],
            "datatype": spec.datatype,
            "data": [row[spec.name] for row in rows],
        }
        for spec in model.manifest.inputs
        if spec.name in rows[0]
    ]
    return {"inputs": tensors}
