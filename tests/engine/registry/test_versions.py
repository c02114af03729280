"""Versions, aliases and verified copies; a registry that is down is told in one sentence."""

import shutil
import socket
from pathlib import Path

import pytest

from slipway import bundle, registry
from slipway.errors import ProjectError
from slipway.registry import tracking
from slipway.settings import settings

pytestmark = pytest.mark.usefixtures("empty_registry")


def _fetch(version: registry.Version, destination: Path) -> Path:
    digests = version.model_digest, version.manifest_digest
    return registry.fetch(version.number, destination, *digests)


def _stored(version: registry.Version, name: str) -> Path:
    """Return where a file of the version's bundle is kept."""
    (path,) = (settings().state / "artifacts").rglob(f"{version.run_id}/artifacts/bundle/{name}")
    return path


def test_an_alias_that_was_never_set_points_at_nothing(bundle_dir: Path) -> None:
    assert registry.by_alias("champion") is None
    registry.register(bundle_dir)
    assert registry.by_alias("champion") is None


def test_an_alias_can_be_set_and_removed(bundle_dir: Path) -> None:
    version = registry.register(bundle_dir)
    registry.set_alias("champion", 1)
    assert registry.by_alias("champion") == version
    registry.remove_alias("champion")
    assert registry.by_alias("champion") is None


def test_an_unknown_version_is_named() -> None:
    with pytest.raises(ProjectError, match="v7 is not in the registry"):
        registry.by_number(7)


def test_a_version_made_by_hand_is_refused(bundle_dir: Path) -> None:
    version = registry.register(bundle_dir)
    with tracking.client() as client:
        client.create_model_version(version.name, "file:///elsewhere")
    with pytest.raises(ProjectError, match="v2 was not registered by this project"):
        registry.newest()


def test_a_fetched_bundle_is_the_registered_one(bundle_dir: Path, tmp_path: Path) -> None:
    version = registry.register(bundle_dir)
    fetched = _fetch(version, tmp_path / "with space" / "bundle")
    assert bundle.load(fetched).manifest_digest == version.manifest_digest


@pytest.mark.parametrize("name", ["model.onnx", "manifest.json"])
def test_a_tampered_artifact_is_refused(name: str, bundle_dir: Path, tmp_path: Path) -> None:
    version = registry.register(bundle_dir)
    path = _stored(version, name)
    path.write_bytes(path.read_bytes() + b" ")
    with pytest.raises(ProjectError, match="digest"):
        _fetch(version, tmp_path / "bundle")
    assert not (tmp_path / "bundle").exists()


def test_a_lost_artifact_is_told_in_one_sentence(bundle_dir: Path, tmp_path: Path) -> None:
    version = registry.register(bundle_dir)
    shutil.rmtree(settings().state / "artifacts")
    with pytest.raises(ProjectError, match="MLflow"):
        _fetch(version, tmp_path / "bundle")


def test_what_mlflow_answers_is_not_told_as_a_server_that_is_down(bundle_dir: Path) -> None:
    registry.register(bundle_dir)
    with pytest.raises(ProjectError, match=r"MLflow at sqlite.* has refused a call") as told:
        registry.set_alias("champion", 7)
    assert "locked" not in str(told.value)


def test_a_damaged_copy_is_replaced(bundle_dir: Path, tmp_path: Path) -> None:
    version = registry.register(bundle_dir)
    (tmp_path / "bundle").mkdir()
    (tmp_path / "bundle" / "model.onnx").write_bytes(b"half")
    bundle.load(_fetch(version, tmp_path / "bundle"))


def test_a_damaged_database_is_told_in_one_sentence(project: Path) -> None:
    (project / "var" / "mlflow.db").write_bytes(b"this was a database once")
    with pytest.raises(ProjectError, match="file is not a database"):
        registry.by_alias("candidate")


def test_a_server_that_is_down_is_told_in_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{unused.getsockname()[1]}"
        monkeypatch.setenv("MLFLOW_TRACKING_URI", f"http://user:secret@{address}")
        monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
        settings.cache_clear()
        with pytest.raises(ProjectError) as told:
            registry.by_alias("candidate")
    assert address in str(told.value)
    assert "secret" not in str(told.value)
