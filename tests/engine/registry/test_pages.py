"""MLflow's pages: where they are, what serves them, and what keeps them from being served."""

import socket
from pathlib import Path

import pytest

from slipway import cli
from slipway.registry import pages
from slipway.settings import settings

ECHO = '#!/bin/sh\necho "$@" > said\nexit 3\n'


@pytest.fixture
def program(project: Path, empty_registry: None, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a program in the place of MLflow's server: it says what it was told, and fails."""
    path = project / pages.PROGRAM
    path.parent.mkdir(parents=True)
    path.write_text(ECHO)
    path.chmod(0o755)
    monkeypatch.chdir(project)
    return path


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def test_the_server_is_given_the_registry_and_answers_this_machine_alone(
    program: Path, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    port = free_port()
    assert cli.main(["mlflow", "--port", str(port)]) == 1
    said = capsys.readouterr()
    assert f"http://127.0.0.1:{port} " in said.out
    assert "MLflow's server ended with 3" in said.err
    words = (project / "said").read_text().split()
    assert words[words.index("--host") + 1] == "127.0.0.1"
    assert words[words.index("--backend-store-uri") + 1] == settings().tracking_uri


def test_a_port_that_is_taken_is_one_sentence(
    program: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert cli.main(["mlflow", "--port", str(port)]) == 1
    error = capsys.readouterr().err
    assert error.startswith(f"error: Port {port} cannot be used")
    assert f"make mlflow PORT={port + 1}" in error


@pytest.mark.parametrize("port", ["0", "-1", "65536"])
def test_what_is_no_port_is_one_sentence(
    port: str, program: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["mlflow", "--port", port]) == 1
    assert capsys.readouterr().err == f"error: {port} is no port: choose one from 1 to 65535.\n"


def test_a_server_that_is_not_installed_is_one_sentence(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["mlflow"]) == 1
    assert "is missing: run `make mlflow`, which installs it" in capsys.readouterr().err


def test_of_a_server_elsewhere_the_address_is_told_without_its_password(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "https://jo:secret@mlflow.example.com")
    monkeypatch.delenv("MLFLOW_TRACKING_USERNAME", raising=False)
    settings.cache_clear()
    assert cli.main(["mlflow"]) == 0
    assert capsys.readouterr().out == "MLflow's pages: https://mlflow.example.com\n"


def test_a_way_into_a_cluster_stays_open_until_somebody_interrupts(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:43017")
    monkeypatch.setenv("MLFLOW_TRACKING_USERNAME", "training")
    monkeypatch.setattr("threading.Event.wait", interrupt)
    settings.cache_clear()
    assert cli.main(["mlflow"]) == 130
    told = capsys.readouterr().out
    assert "http://127.0.0.1:43017; the account is training" in told
    assert "Ctrl-C closes the way there." in told
