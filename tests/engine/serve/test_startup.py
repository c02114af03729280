"""A server that cannot serve what was released ends at once and says why in one sentence."""

import shutil
import socket
import subprocess
from pathlib import Path

import pytest

from slipway.errors import ProjectError
from slipway.serve import settings

from .process import command, environment


@pytest.fixture
def copy(bundle_dir: Path, tmp_path: Path) -> Path:
    """Return a bundle that may be damaged."""
    return Path(shutil.copytree(bundle_dir, tmp_path / "bundle"))


def refusal(directory: Path, **variables: str) -> str:
    """Return the one sentence with which the server refuses to start."""
    variables = {"LOG_FORMAT": "text", "PORT": "0", **variables}
    ended = subprocess.run(
        command(),
        env=environment(directory, **variables),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.startswith("error: ")
    assert ended.stderr.count("\n") == 1
    return ended.stderr


def test_a_damaged_model_is_refused(copy: Path) -> None:
    content = bytearray((copy / "model.onnx").read_bytes())
    content[len(content) // 2] ^= 1
    (copy / "model.onnx").write_bytes(content)
    assert "model.onnx" in refusal(copy)


def test_a_cut_manifest_is_refused(copy: Path) -> None:
    manifest = copy / "manifest.json"
    manifest.write_bytes(manifest.read_bytes()[:-100])
    assert "manifest.json" in refusal(copy)


@pytest.mark.parametrize("variable", ["MODEL_DIGEST", "MANIFEST_DIGEST"])
def test_another_model_than_the_released_one_is_refused(bundle_dir: Path, variable: str) -> None:
    assert "0" * 12 in refusal(bundle_dir, **{variable: "0" * 64})


def test_a_missing_setting_is_named(tmp_path: Path) -> None:
    assert "MODEL_DIR" in refusal(tmp_path, MODEL_DIR="")


def test_a_place_that_is_no_project_is_named(bundle_dir: Path, tmp_path: Path) -> None:
    assert str(tmp_path / "pyproject.toml") in refusal(bundle_dir, PROJECT_ROOT=str(tmp_path))


def test_a_port_in_use_is_named(bundle_dir: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert port in refusal(bundle_dir, PORT=port)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("PORT", "http"),
        ("PORT", "70000"),
        ("ROWS_MAXIMUM", "0"),
        ("CLIENT_SECONDS", "-1"),
    ],
)
def test_a_wrong_setting_is_named(
    bundle_dir: Path, monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv("MODEL_DIR", str(bundle_dir))
    monkeypatch.setenv(variable, value)
    with pytest.raises(ProjectError, match=f"^{variable}: "):
        settings.read()


def test_a_place_for_captures_that_is_a_file_is_named(bundle_dir: Path, tmp_path: Path) -> None:
    file = tmp_path / "captures"
    file.write_text("")
    assert str(file) in refusal(bundle_dir, CAPTURE_STORE=str(file))
