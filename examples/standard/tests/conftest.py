"""Fixtures for every area: an isolated project, real flights, and a small trained bundle."""

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import date
from functools import cache
from pathlib import Path

import polars as pl
import pytest

from flight_delays import steps, train
from flight_delays.config import settings
from flight_delays.data import source
from flight_delays.objectives import objectives

from tests.bucket import Bucket, running

ROOT = Path(__file__).parents[1]
AS_OF = date(2013, 4, 1)
PARAMETERS = {**train.PARAMETERS, "num_iterations": 20}


@pytest.fixture(scope="session", autouse=True)
def session_project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return a project that the session's fixtures share; no test sees the checkout's var/."""
    with pytest.MonkeyPatch.context() as patch:
        yield _enter(tmp_path_factory.mktemp("project"), patch)


@pytest.fixture(autouse=True)
def project(
    session_project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """Return the root of a fresh project for one test: objectives.yaml, and nothing in var/."""
    yield _enter(tmp_path / "project", monkeypatch)
    _forget()


def _enter(root: Path, patch: pytest.MonkeyPatch) -> Path:
    root.mkdir(exist_ok=True)
    shutil.copy(ROOT / "objectives.yaml", root)
    patch.setenv("PROJECT_ROOT", str(root))
    patch.setenv("SNAPSHOT_BACKEND", "directory")
    patch.setenv("PYTHONPATH", f"{ROOT / 'src'}{os.pathsep}{ROOT}")  # for child processes
    for name in (
        *("CAPTURE_STORE", "MLFLOW_TRACKING_URI", "MONITOR_STORE"),
        *("SNAPSHOT_STORE", "SOURCE_COMMIT", "STATE_DIR"),
    ):
        patch.delenv(name, raising=False)
    _forget()
    return root


def _forget() -> None:
    """Make the next caller read settings and objectives anew."""
    settings.cache_clear()
    objectives.cache_clear()


@pytest.fixture
def bucket() -> Iterator[Bucket]:
    """Return an object store that speaks S3."""
    with running() as started:
        yield started


@pytest.fixture(scope="session")
def flights() -> pl.DataFrame:
    """Return 3,000 labelled flights before AS_OF, evenly spread over its window, oldest first."""
    start, end = date(2013, 1, 1), date(2013, 3, 29)
    labels = source.read_labels(start, end, AS_OF)
    rows = source.read_features(start, end).join(labels, "flight_id", maintain_order="left")
    return rows.gather_every(len(rows) // 3000).head(3000)


@pytest.fixture(scope="session")
def rows_dir(
    flights: pl.DataFrame, session_project: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """Return what the validation step writes for `flights`: train, holdout and snapshot."""
    from flight_delays.data import snapshot

    data, rows = tmp_path_factory.mktemp("data"), tmp_path_factory.mktemp("rows")
    flights.drop("label").write_parquet(data / "features.parquet")
    flights.select("flight_id", "label").write_parquet(data / "labels.parquet")
    (data / "snapshot.json").write_text(snapshot.take(data).as_text())
    steps.validate(AS_OF, data, rows)
    return rows


@pytest.fixture(scope="session")
def fitted_dir(rows_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return what the training step writes for `rows_dir`, with 20 trees."""
    fitted = tmp_path_factory.mktemp("fitted")
    steps.train(rows_dir, fitted, PARAMETERS)
    return fitted


@pytest.fixture(scope="session")
def bundle_dir(rows_dir: Path, fitted_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a real trained bundle; read only, copy it before changing it."""
    bundle = tmp_path_factory.mktemp("bundle")
    steps.evaluate(AS_OF, rows_dir, fitted_dir, bundle)
    return bundle


@pytest.fixture(scope="session")
def migrated_database(session_project: Path) -> Path:
    """Return an empty MLflow database; making its tables takes seconds."""
    from flight_delays.registry import tracking

    with tracking.client():
        return session_project / "var" / "mlflow.db"


@pytest.fixture
def empty_registry(migrated_database: Path, project: Path) -> None:
    """Give the test's project an MLflow database of its own."""
    (project / "var").mkdir()
    shutil.copy(migrated_database, project / "var" / "mlflow.db")


@pytest.fixture(scope="session")
def make_bundle(rows_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[int], Path]:
    """Return a function that returns a bundle with so many trees; read only."""

    @cache
    def make(trees: int) -> Path:
        fitted, made = tmp_path_factory.mktemp("fitted"), tmp_path_factory.mktemp("bundle")
        steps.train(rows_dir, fitted, {**PARAMETERS, "num_iterations": trees})
        steps.evaluate(AS_OF, rows_dir, fitted, made)
        return made

    return make
