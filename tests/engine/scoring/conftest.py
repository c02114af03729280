"""A project that has released a model, and how a table is scored with it."""

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from slipway import registry, release
from slipway.contract.release import Release
from slipway.release import record

ENVIRONMENT = "prod"
Write = Callable[[pl.DataFrame, str], Path]


@pytest.fixture
def released(project: Path, bundle_dir: Path, empty_registry: None) -> Release:
    """Return what `prod` has released: the small model of the tests."""
    version = registry.register(bundle_dir)
    return put(project, version)


def put(project: Path, version: registry.Version, environment: str = ENVIRONMENT) -> Release:
    """Write a release file, as a promotion does."""
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
    )
    path = project / record.location(environment)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(record.dump(released))
    return released
