"""Serving a release: the verified model, and the server on it."""

import signal
import socket
import subprocess
import sys
from collections.abc import Callable

import httpx
import pytest

from slipway import bundle, registry, release
from slipway.errors import ProjectError
from slipway.registry import Version
from slipway.settings import settings

Judge = Callable[..., Version]

CONNECTS = 7  # times that httpx tries again, half a minute in all


@pytest.fixture
def released(passed: Judge) -> Version:
    """Return a version that dev has released."""
    version = passed(2)
    release.promote("dev")
    return version


@pytest.mark.usefixtures("repository")
def test_an_environment_without_a_release_cannot_be_served() -> None:
    with pytest.raises(ProjectError, match="make promote TO=dev"):
        release.fetch("dev")


def test_what_is_fetched_is_what_was_released(released: Version) -> None:
    running, directory = release.fetch("dev")
    assert running.model_digest == released.model_digest
    assert bundle.load(directory).manifest_digest == released.manifest_digest


def test_a_model_that_is_here_needs_no_registry(
    released: Version, monkeypatch: pytest.MonkeyPatch
) -> None:
    release.fetch("dev")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:1")
    settings.cache_clear()
    release.fetch("dev")


def test_a_copy_that_was_damaged_is_fetched_again(released: Version) -> None:
    _, directory = release.fetch("dev")
    (directory / "model.onnx").write_bytes(b"damaged")
    _, directory = release.fetch("dev")
    assert bundle.load(directory).model_digest == released.model_digest


def test_an_artifact_that_was_exchanged_is_not_served(released: Version) -> None:
    registry.fetch(1, settings().state / "copy", released.model_digest, released.manifest_digest)
    (path,) = (settings().state / "artifacts").rglob("bundle/model.onnx")
    path.write_bytes(path.read_bytes() + b" ")
    with pytest.raises(ProjectError, match="digest"):
        release.fetch("dev")


def test_the_server_runs_the_released_model(released: Version) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "slipway", "serve", "--env", "dev", "--port", str(port)]
    with (
        subprocess.Popen(command) as server,
        httpx.Client(transport=httpx.HTTPTransport(retries=CONNECTS)) as client,
    ):
        try:
            metrics = client.get(f"http://127.0.0.1:{port}/metrics").raise_for_status().text
        finally:
            server.send_signal(signal.SIGTERM)
    served = f'digest="{released.model_digest}",name="{released.name}",version="1"'
    assert served in metrics
