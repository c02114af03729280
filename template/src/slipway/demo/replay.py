"""`make replay`: a month of the source passes through the service of an environment."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import polars as pl
from prometheus_client.parser import text_string_to_metric_families
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from .. import release
from ..errors import ProjectError
from ..months import month_days
from ..project import project, source
from ..settings import settings
from ..training_data.quarantine import servable
from . import traffic

WRITE_SECONDS = 180  # until the last captured row is written, a store that fails included
CAPTURED, WAITING = "captured_predictions_total", "capture_queue_predictions"
DROPPED = "capture_dropped_predictions_total"


def main(month: str, environment: str, url: str | None = None) -> None:
    """Send a month's rows to the service at `url`, or to one run here, and say what came of it.

    Rows that break the schema are left out. Returns when the service has written what it
    captured. Sent twice, a row still counts once.

    Raises:
        ProjectError: The source has no such month, or the service refuses or cannot be reached.
    """
    whole = source().read_features(*month_days(month))
    if whole.is_empty():
        first, last = source().available()
        raise ProjectError(f"The source has no rows of {month}: it holds {first} to {last}.")
    rows = servable(whole)
    try:
        with _service(environment, url) as client:
            before = _figures(client)
            _send(client, f"{month} to {environment}", rows)
            after = _written(client)
    except httpx.HTTPError as error:
        raise ProjectError(
            f"The service of {environment} broke off ({error}): see that it is up, and run this "
            "again; no row counts twice."
        ) from None
    captured, dropped = (round(after[name] - before[name]) for name in (CAPTURED, DROPPED))
    bad = f", {len(whole) - len(rows):,} left out" if len(rows) < len(whole) else ""
    print(f"{month}: {len(rows):,} rows answered in {environment}{bad}")
    print(f"{captured:,} captured, {dropped:,} dropped")


@contextmanager
def _service(environment: str, url: str | None) -> Iterator[httpx.Client]:
    if url:
        with traffic.client_of(url) as client:
            yield client
        return
    release.fetch(environment)  # says in one sentence when there is nothing to serve
    log = settings().state / f"serve-{environment}.log"
    root = settings().project_root
    with traffic.server(environment, root, dict(os.environ), log) as client:
        yield client


def _send(client: httpx.Client, title: str, rows: pl.DataFrame) -> None:
    columns = (TextColumn(title), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns) as progress:
        task = progress.add_task(title, total=len(rows))
        for answered in traffic.score(client, project().name, rows):
            progress.advance(task, answered)


def _written(client: httpx.Client) -> dict[str, float]:
    """Return the service's figures when no captured row waits any more."""
    deadline = time.monotonic() + WRITE_SECONDS
    while (figures := _figures(client))[WAITING]:
        if time.monotonic() > deadline:
            raise ProjectError(
                f"{figures[WAITING]:,.0f} captured rows still wait for the store: see the log of "
                "the service."
            )
        time.sleep(0.2)
    return figures


def _figures(client: httpx.Client) -> dict[str, float]:
    """Return what the service counts about captures."""
    text = client.get("/metrics").raise_for_status().text
    counts = dict.fromkeys((CAPTURED, DROPPED, WAITING), 0.0)
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            if sample.name in counts:
                counts[sample.name] += sample.value
    return counts
