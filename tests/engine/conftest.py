"""Fixtures for every area: an isolated project, made-up parcels, and a small trained bundle."""

import shutil
from collections.abc import Callable, Iterator
from datetime import date
from functools import cache
from pathlib import Path

import polars as pl
import pytest
from hypothesis import settings

from parcels import source
from slipway.families.boosting import Boosting
from slipway.training import steps
from tests.engine.bucket import Bucket, running
from tests.engine.kit import AS_OF, bundle_of, enter, forget

settings.register_profile("untimed", deadline=None)  # a machine may be busy with other work
settings.load_profile("untimed")


@pytest.fixture(scope="session", autouse=True)
def session_project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return a project that the session's fixtures share."""
    with pytest.MonkeyPatch.context() as patch:
        yield enter(tmp_path_factory.mktemp("project"), patch)


@pytest.fixture(autouse=True)
def project(
    session_project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """Return the root of a fresh project for one test: objectives, settings, nothing in var/."""
    yield enter(tmp_path / "project", monkeypatch)
    forget()


@pytest.fixture
def bucket() -> Iterator[Bucket]:
    """Return an object store that speaks S3."""
    with running() as started:
        yield started


@pytest.fixture(scope="session")
def parcels() -> pl.DataFrame:
    """Return 3,000 labelled parcels before AS_OF, evenly spread over its window, oldest first."""
    start, end = date(2024, 1, 15), date(2024, 4, 28)
    labels = source.read_labels(start, end, AS_OF)
    rows = source.read_features(start, end).join(labels, "parcel_id", maintain_order="left")
    return rows.sample(3000, seed=1).sort("handed_over", "parcel_id")


@pytest.fixture(scope="session")
def rows_dir(
    parcels: pl.DataFrame, session_project: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """Return what the validation step writes for `parcels`: train, holdout and snapshot."""
    from slipway.training_data import snapshot

    data, rows = tmp_path_factory.mktemp("data"), tmp_path_factory.mktemp("rows")
    parcels.drop("label").write_parquet(data / "features.parquet")
    parcels.select("parcel_id", "label").write_parquet(data / "labels.parquet")
    (data / "snapshot.json").write_text(snapshot.take(data).as_text())
    steps.validate(AS_OF, data, rows)
    return rows


@pytest.fixture(scope="session")
def fitted_dir(rows_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return what the training step writes for `rows_dir`, with 20 trees."""
    fitted = tmp_path_factory.mktemp("fitted")
    steps.train(rows_dir, fitted)
    return fitted


@pytest.fixture(scope="session")
def bundle_dir(rows_dir: Path, fitted_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a real trained bundle; read only, copy it before changing it."""
    return bundle_of(rows_dir, fitted_dir, tmp_path_factory.mktemp("bundle"))


@pytest.fixture(scope="session")
def migrated_database(session_project: Path) -> Path:
    """Return an empty MLflow database; making its tables takes seconds."""
    from slipway.registry import tracking

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
        fitted = tmp_path_factory.mktemp("fitted")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("parcels.model.MODEL", Boosting(num_iterations=trees, learning_rate=0.15))
            steps.train(rows_dir, fitted)
        return bundle_of(rows_dir, fitted, tmp_path_factory.mktemp("bundle"))

    return make
