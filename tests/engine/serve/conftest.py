"""A running model server, and requests made of real rows."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import polars as pl
import pytest

from slipway import bundle
from slipway.bundle import Model

from .bodies import Body, as_rows, as_tensors
from .process import Server, Start, running


@pytest.fixture(scope="session")
def start(bundle_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Start:
    """Return a context manager that runs a server; its settings are given as variables."""
    return lambda **variables: running(bundle_dir, tmp_path_factory.mktemp("server"), **variables)


@pytest.fixture(scope="session")
def server(start: Start) -> Iterator[Server]:
    """Return a server that the tests share: each counts from what it finds."""
    with start(MODEL_VERSION="7") as started:
        yield started


@pytest.fixture
def client(server: Server) -> httpx.Client:
    return server.client


@pytest.fixture(scope="session")
def model(bundle_dir: Path) -> Model:
    return bundle.load(bundle_dir)


@pytest.fixture(scope="session")
def infer_path(model: Model) -> str:
    return f"/v2/models/{model.manifest.name}/infer"


@pytest.fixture
def rows(parcels: pl.DataFrame, model: Model) -> list[Body]:
    """Return three rows of two months: the first without any null, the second with one."""
    whole, unweighed = parcels.drop_nulls(), parcels.filter(pl.col("weight").is_null())
    return as_rows(pl.concat([whole.head(1), unweighed.tail(1), parcels.tail(1)]), model)


@pytest.fixture
def request_body(rows: list[Body], model: Model) -> Body:
    """Return the three rows as the body of an inference request."""
    return as_tensors(rows, model)


@pytest.fixture(params=["tensors", "rows"])
def route(request: pytest.FixtureRequest, infer_path: str) -> str:
    """Return the path of one route that predicts, then of the other."""
    return infer_path if request.param == "tensors" else "/v1/predictions"


@pytest.fixture
def valid(route: str, rows: list[Body], request_body: Body) -> Body:
    """Return a body that `route` accepts."""
    return {"rows": rows} if route == "/v1/predictions" else request_body
