"""A table gets the answers of the server, bit for bit, and is captured as the server captures."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import polars as pl
import pytest

from slipway.bundle import Model
from slipway.contract.captured import ANSWERED, REQUEST
from slipway.contract.release import Release
from slipway.scoring import tables
from slipway.scoring.output import output_of
from slipway.scoring.parts import Scorer

from .bodies import as_rows, as_tensors
from .process import Start

PART = 700  # rows: no multiple of what a request holds
Ask = Callable[[httpx.Client, pl.DataFrame, Model], dict[str, list[Any]]]


@pytest.fixture
def rows(parcels: pl.DataFrame) -> pl.DataFrame:
    return parcels.drop("label")


@pytest.fixture
def scored(
    rows: pl.DataFrame, model: Model, project: Path, monkeypatch: pytest.MonkeyPatch
) -> pl.DataFrame:
    """Return the scores of 3,000 rows by the model that the server has."""
    monkeypatch.setattr(tables, "ROWS", PART)
    rows.write_parquet(project / "rows.parquet")
    table = tables.of_file("rows.parquet")
    digests = model.model_digest, model.manifest_digest
    released = Release(model.manifest.name, "7", "", *digests, "", "", "", "")
    output = output_of(table, "prod", released)
    Scorer(model, released, str(project / "var" / "captures" / "prod"), output).score(table)
    return pl.read_parquet(output.address)


def by_protocol(client: httpx.Client, rows: pl.DataFrame, model: Model) -> dict[str, list[Any]]:
    """Ask for many rows at once."""
    answers: dict[str, list[Any]] = {}
    for part in rows.iter_slices(999):
        path = f"/v2/models/{model.manifest.name}/infer"
        response = client.post(path, json=as_tensors(as_rows(part, model), model))
        for output in response.raise_for_status().json()["outputs"]:
            answers.setdefault(output["name"], []).extend(output["data"])
    return answers


def one_by_one(client: httpx.Client, rows: pl.DataFrame, model: Model) -> dict[str, list[Any]]:
    """Ask for a row a request, by the typed route."""
    answers: dict[str, list[Any]] = {}
    for row in as_rows(rows, model):
        response = client.post("/v1/predictions", json={"rows": [row]})
        (answer,) = response.raise_for_status().json()["predictions"]
        for name, value in answer.items():
            answers.setdefault(name, []).append(value)
    return answers


@pytest.mark.parametrize(("ask", "count"), [(by_protocol, 3000), (one_by_one, 300)])
def test_a_table_has_the_answers_of_the_server_bit_for_bit(
    ask: Ask,
    count: int,
    client: httpx.Client,
    rows: pl.DataFrame,
    model: Model,
    scored: pl.DataFrame,
) -> None:
    answers = ask(client, rows.head(count), model)
    head = scored.head(count)
    assert len(scored) == 3000
    assert head["parcel_id"].equals(rows.head(count)["parcel_id"])
    probability = np.array(answers["probability"], np.float32)
    assert head["probability"].to_numpy().tobytes() == probability.tobytes()
    assert head["act"].to_list() == answers["act"]


def test_the_monitor_is_told_what_the_server_would_have_told_it(
    start: Start, rows: pl.DataFrame, model: Model, scored: pl.DataFrame, project: Path
) -> None:
    with start() as server:
        by_protocol(server.client, rows, model)
        server.end()
        pattern = "*/*/*.parquet"
        from_server = pl.read_parquet(server.captures / pattern)
    kept = pl.read_parquet(project / "var" / "captures" / "prod" / pattern)
    both = [frame.drop(ANSWERED, REQUEST).sort("parcel_id") for frame in (kept, from_server)]
    assert both[0].equals(both[1])
