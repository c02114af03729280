"""Fixtures of the contract: one training in a temporary directory, and a server in this process."""

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from ..command import GIT_LOCAL_VARIABLES

if TYPE_CHECKING:
    import polars as pl
    from starlette.testclient import TestClient

    from ..bundle import Model

ELSEWHERE = ("CAPTURE_STORE", "MLFLOW_TRACKING_URI", "MONITOR_STORE", "SNAPSHOT_STORE")
NO_COMMIT = "0" * 40  # stands for the code under test, committed or not
ROWS = 200  # that are sent to the server


class Trained(NamedTuple):
    """What the steps of one training have left, a directory each."""

    as_of: date
    data: Path
    rows: Path
    fitted: Path
    compressed: Path
    bundle: Path


def pytest_configure(config: pytest.Config) -> None:
    """Let every test work on the project that pytest was started in, also from a Git hook."""
    for name in GIT_LOCAL_VARIABLES:
        os.environ.pop(name, None)
    os.environ |= {"LOG_FORMAT": "text", "PROJECT_ROOT": str(config.rootpath)}


@pytest.fixture(scope="session")
def state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return a directory that takes the place of var/; models and captures are kept there."""
    from ..settings import settings

    directory = tmp_path_factory.mktemp("var")
    with pytest.MonkeyPatch.context() as patch:
        for name in ELSEWHERE:
            patch.delenv(name, raising=False)
        patch.setenv("STATE_DIR", str(directory))
        patch.setenv("SNAPSHOT_BACKEND", "directory")
        patch.setenv("SOURCE_COMMIT", NO_COMMIT)
        settings.cache_clear()
        yield directory
    settings.cache_clear()


@pytest.fixture(scope="session")
def trained(state: Path, tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """Return one training on everything that is known by the end of the data."""
    from ..project import source
    from ..training import steps

    as_of = source().available()[1]
    made = Trained(as_of, *(tmp_path_factory.mktemp(name) for name in Trained._fields[1:]))
    steps.ingest(as_of, made.data)
    steps.validate(as_of, made.data, made.rows)
    fit(made)
    return made


def fit(made: Trained) -> None:
    """Run the steps after the validation."""
    from ..training import steps

    steps.train(made.rows, made.fitted)
    steps.compress(made.rows, made.fitted, made.compressed)
    steps.evaluate(made.as_of, made.rows, made.fitted, made.compressed, made.bundle)


@pytest.fixture(scope="session")
def model(trained: Trained) -> "Model":
    """Return the trained model, ready to predict."""
    from .. import bundle

    return bundle.load(trained.bundle)


@pytest.fixture(scope="session")
def rows(trained: Trained) -> "pl.DataFrame":
    """Return up to ROWS held-out rows as the source has them, without their outcome."""
    import polars as pl

    from ..schema import LABEL

    held_out = pl.read_parquet(trained.rows / "holdout.parquet").drop(LABEL)
    return held_out.gather_every(max(1, len(held_out) // ROWS)).head(ROWS)


@pytest.fixture
def captures(state: Path) -> Path:
    """Return where the server of `client` keeps what it answers, below the last environment."""
    from ..project import project
    from ..settings import settings

    return Path(settings().captures) / project().last


@pytest.fixture
def client(model: "Model", trained: Trained, captures: Path) -> "Iterator[TestClient]":
    """Return a client of the model server; what it answers is written when the test ends."""
    from starlette.testclient import TestClient

    from ..serve import app
    from ..serve.limits import Traffic
    from ..serve.settings import ServeSettings

    settings = ServeSettings(model_dir=trained.bundle, capture_store=str(captures))
    with TestClient(app.create(model, settings, Traffic())) as client:
        yield client
