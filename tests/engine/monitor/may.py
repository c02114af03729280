"""May as the service captures it, and as the monitor adds it up."""

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from parcels import source
from slipway import bundle, captured
from slipway.contract.captured import Answerer
from slipway.monitor import run
from slipway.monitor.month import Month, add_up
from slipway.objectives import objectives
from slipway.settings import settings
from slipway.store import connect
from slipway.training_data.columns import to_columns

MONTH, START, END = "2024-05", date(2024, 5, 1), date(2024, 6, 1)
LATER = date(2024, 6, 5)


def capture(
    model: bundle.Model, rows: pl.DataFrame, name: str = "1", answerer: Answerer | None = None
) -> None:
    """Write rows as the service does after answering them."""
    table = captured.table(
        model.manifest.inputs,
        rows,
        model.predict(to_columns(rows)),
        answerer or Answerer(model.model_digest, model.manifest_digest),
        "r",
    )
    captured.keep(connect(f"{settings().captures}/prod"), table, "handed_over", name)


def days(first: int, last: int) -> pl.DataFrame:
    """Return the parcels of the days `first` to `last` of the month."""
    return source.read_features(START.replace(day=first), START + timedelta(days=last))


def month(as_of: date = LATER) -> Month:
    captured, kept = f"{settings().captures}/prod", f"{settings().monitoring}/prod"
    seen = add_up(MONTH, captured, kept, as_of, objectives())
    assert seen is not None
    return seen


def report() -> dict[str, Any]:
    run.main(MONTH, "prod", LATER)
    path = settings().reports / "prod" / f"monitor-{MONTH}.json"
    read: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return read


def states() -> list[Path]:
    return sorted((settings().reports / "prod" / "state" / MONTH).iterdir())
