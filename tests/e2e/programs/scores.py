"""Runs in a project, connected: tell about a scored day. Arguments: environment, day."""

import io
import json
import sys

import polars as pl

from slipway import store
from slipway.settings import settings

environment, day = sys.argv[1:]


def parquet(place: str, prefix: str = "") -> dict[str, bytes]:
    """Return the Parquet objects of a store by their paths."""
    with store.opened(place) as opened:
        paths = [entry["path"] for part in opened.list(prefix or None) for entry in part]
        kept = [path for path in paths if path.endswith(".parquet")]
        return {path: bytes(opened.get(path).bytes()) for path in kept}


scores = parquet(f"{settings().scores}/{environment}")
parts = [content for path, content in sorted(scores.items()) if path.startswith(f"{day}.scores-")]
rows = pl.concat(pl.read_parquet(io.BytesIO(content)) for content in parts)
captured = parquet(f"{settings().captures}/{environment}", day[:7])
kept = [
    len(pl.read_parquet(io.BytesIO(content)))
    for path, content in captured.items()
    if path.startswith(f"{day[:7]}/{day[8:]}/scores-")
]
print(
    json.dumps(
        {
            "captured": sum(kept),
            "columns": rows.columns,
            "model_digest": pl.read_parquet_metadata(io.BytesIO(parts[0]))["model_digest"],
            "rows": len(rows),
        }
    )
)
