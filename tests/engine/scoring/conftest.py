"""A project that has released a model, and tables that can be scored with it."""

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from slipway import registry
from slipway.contract.release import Release
from slipway.registry import Version
from slipway.release import record
from slipway.scoring import tables

Publish = Callable[..., Release]
PART = 400  # rows


@pytest.fixture
def publish(project: Path) -> Publish:
    """Return a function that writes a release file for a version, as a promotion does."""

    def write(version: Version, environment: str = "prod", image: str = "") -> Release:
        released = Release(
            model_name=version.name,
            model_version=str(version.number),
            model_uri=f"models:/{version.name}/{version.number}",
            model_digest=version.model_digest,
            manifest_digest=version.manifest_digest,
            snapshot=version.snapshot,
            source_commit=version.source_commit,
            gate_report="",
            promoted_from="",
            pipeline_image=image,
        )
        path = project / record.location(environment)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(record.dump(released))
        return released

    return write


@pytest.fixture
def released(bundle_dir: Path, empty_registry: None, publish: Publish) -> Release:
    """Return what prod has released: the small model of the tests."""
    return publish(registry.register(bundle_dir))


@pytest.fixture
def table(parcels: pl.DataFrame, project: Path, monkeypatch: pytest.MonkeyPatch) -> pl.DataFrame:
    """Return 1,000 parcels, which are in rows.parquet too; they are scored in three parts."""
    rows = parcels.drop("label").head(1000)
    rows.write_parquet(project / "rows.parquet")
    monkeypatch.setattr(tables, "ROWS", PART)
    return rows
