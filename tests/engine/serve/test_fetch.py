"""The model reaches a serving pod over HTTP, whole and the right one, or not at all."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from slipway import bundle
from slipway.errors import ProjectError
from slipway.serve import fetch as fetching

ACCOUNT = {"username": "serving", "password": "secret"}


@dataclass
class Registry:
    """MLflow's two routes for version 3 of a model, and what happens to them."""

    files: Path
    account: Path  # where the pod finds its username and password
    address: str = "mlflow-artifacts:/1/run/artifacts/bundle"
    failures: list[int] = field(default_factory=list)  # statuses answered first
    asked: list[str] = field(default_factory=list)
    port: int = 0

    def answer(self, path: str, authorization: str | None) -> tuple[int, bytes]:
        self.asked.append(path)
        if authorization != "Basic c2VydmluZzpzZWNyZXQ=":
            return 401, b""
        if self.failures:
            return self.failures.pop(0), b"not now"
        if path.startswith(
            "/api/2.0/mlflow/model-versions/get-download-uri?name=late-parcels&version=3"
        ):
            return 200, json.dumps({"artifact_uri": self.address}).encode()
        prefix = "/api/2.0/mlflow-artifacts/artifacts/1/run/artifacts/bundle/"
        file = self.files / path.removeprefix(prefix)
        return (200, file.read_bytes()) if path.startswith(prefix) else (404, b"")


@pytest.fixture
def registry(
    bundle_dir: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Registry]:
    served = Registry(bundle_dir, tmp_path_factory.mktemp("account"))

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, content = served.answer(self.path, self.headers.get("Authorization"))
            self.send_response(status)
            if status == 302:
                self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Stay quiet."""

    monkeypatch.setattr("slipway.serve.fetch.time.sleep", lambda _: None)
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        served.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield served
        server.shutdown()
        thread.join()


def _asked(registry: Registry, bundle_dir: Path, target: Path, **changes: Any) -> Any:
    model = bundle.load(bundle_dir)
    account = registry.account
    for name, text in ACCOUNT.items():
        (account / name).write_text(text + "\n")
    values: dict[str, Any] = {
        "model_uri": "models:/late-parcels/3",
        "model_dir": target,
        "model_digest": model.model_digest,
        "manifest_digest": model.manifest_digest,
        "mlflow_tracking_uri": f"http://127.0.0.1:{registry.port}",
        "registry_account": account,
    }
    return fetching.FetchSettings(**(values | changes))


def test_a_released_model_arrives_verified(
    registry: Registry, bundle_dir: Path, tmp_path: Path
) -> None:
    fetching.fetch(_asked(registry, bundle_dir, tmp_path / "model"))
    arrived = {path.name: path.read_bytes() for path in (tmp_path / "model").iterdir()}
    assert arrived == {name: (bundle_dir / name).read_bytes() for name in fetching.FILES}


def test_a_registry_that_restarts_is_asked_again(
    registry: Registry, bundle_dir: Path, tmp_path: Path
) -> None:
    registry.failures = [503, 500, 502]
    fetching.fetch(_asked(registry, bundle_dir, tmp_path))
    assert len(registry.asked) == 6


@pytest.mark.parametrize("digest", ["model_digest", "manifest_digest"])
def test_another_model_than_the_released_one_is_refused(
    registry: Registry, bundle_dir: Path, tmp_path: Path, digest: str
) -> None:
    with pytest.raises(ProjectError, match="was expected"):
        fetching.fetch(_asked(registry, bundle_dir, tmp_path / "model", **{digest: "0" * 64}))
    assert list((tmp_path / "model").iterdir()) == []


@pytest.mark.parametrize("status", [302, 401, 403, 404])
def test_a_refusal_is_final_and_a_redirect_is_not_followed(
    registry: Registry, bundle_dir: Path, tmp_path: Path, status: int
) -> None:
    registry.failures = [status]
    with pytest.raises(ProjectError, match=f"answers {status}"):
        fetching.fetch(_asked(registry, bundle_dir, tmp_path))
    assert len(registry.asked) == 1


def test_a_registry_that_stays_down_is_named(
    registry: Registry, bundle_dir: Path, tmp_path: Path
) -> None:
    registry.failures = [500] * fetching.ATTEMPTS
    with pytest.raises(ProjectError, match=r"127\.0\.0\.1 did not hand out models:/late-parcels/3"):
        fetching.fetch(_asked(registry, bundle_dir, tmp_path))


def test_without_an_account_the_registry_is_asked_as_nobody(
    registry: Registry, bundle_dir: Path, tmp_path: Path
) -> None:
    with pytest.raises(ProjectError, match="answers 401"):
        fetching.fetch(_asked(registry, bundle_dir, tmp_path, registry_account=tmp_path / "none"))


def test_a_file_beyond_the_limit_is_refused(
    registry: Registry, bundle_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "BYTES_MAXIMUM", 1000)
    with pytest.raises(ProjectError, match="larger than 1000 bytes"):
        fetching.fetch(_asked(registry, bundle_dir, tmp_path))


def test_files_that_mlflow_does_not_hand_out_are_refused(
    registry: Registry, bundle_dir: Path, tmp_path: Path
) -> None:
    registry.address = "s3://bucket/1/run/artifacts/bundle"
    with pytest.raises(ProjectError, match="--serve-artifacts"):
        fetching.fetch(_asked(registry, bundle_dir, tmp_path))


def test_without_a_release_the_sentence_names_the_variable(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("MODEL_URI", raising=False)
    assert fetching.main() == 1
    assert capsys.readouterr().err.startswith("error: MODEL_URI: ")
