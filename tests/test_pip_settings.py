"""uv installs from where pip would, by the very settings that pip has."""

import functools
import http.server
import os
import subprocess
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from hooks.template import ROOT

SCRIPT = ROOT / "template" / "requirements" / "uv.sh"
TOLD = '#!/bin/sh\necho "$@"\nenv\n'
FILE = """\
[global]
index-url = https://file.example.com/simple
extra-index-url =
    https://one.example.com/simple
    https://two.example.com/simple
find-links = /wheels /more-wheels
trusted-host = file.example.com
    one.example.com
cert = /etc/ssl/of-the-company.pem
proxy = http://proxy.example.com:3128
"""
FROM_FILE = {
    "UV_DEFAULT_INDEX": "https://file.example.com/simple",
    "UV_INDEX": "https://one.example.com/simple https://two.example.com/simple",
    "UV_INDEX_STRATEGY": "unsafe-best-match",
    "UV_FIND_LINKS": "/wheels,/more-wheels",
    "UV_INSECURE_HOST": "file.example.com one.example.com",
    "SSL_CERT_FILE": "/etc/ssl/of-the-company.pem",
    "ALL_PROXY": "http://proxy.example.com:3128",
}
OF_UV = ("UV_", "SSL_CERT_FILE", "ALL_PROXY")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a project whose uv only tells what it was told; its pip is a real one."""
    programs = tmp_path / ".venv" / "bin"
    programs.mkdir(parents=True)
    (programs / "pip").symlink_to(ROOT / ".venv" / "bin" / "pip")
    (programs / "uv").write_text(TOLD)
    (programs / "uv").chmod(0o755)
    (tmp_path / "pip.conf").write_text(FILE)
    return tmp_path


def uv(project: Path, *words: str, **variables: str) -> str:
    """Run uv where nothing but `variables` says anything to pip or uv; return what it prints."""
    plain = {
        name: text
        for name, text in os.environ.items()
        if not name.upper().startswith(("PIP_", "HTTP", *OF_UV))
    }
    environment = {**plain, "PIP_CONFIG_FILE": os.devnull, **variables}
    ended = subprocess.run(
        [SCRIPT, *words], cwd=project, env=environment, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def told(project: Path, **variables: str) -> dict[str, str]:
    """Return the variables that uv reads."""
    lines = uv(project, "pip", "sync", **variables).splitlines()
    assert lines[0] == "pip sync"
    pairs = (line.partition("=") for line in lines[1:])
    return {name: text for name, _, text in pairs if name.startswith(OF_UV)}


def test_where_pip_has_no_settings_uv_is_told_nothing(project: Path) -> None:
    assert told(project) == {}


def test_a_file_of_pip_says_everything(project: Path) -> None:
    assert told(project, PIP_CONFIG_FILE=str(project / "pip.conf")) == FROM_FILE


def test_a_variable_of_pip_wins_over_its_file(project: Path) -> None:
    said = {
        "PIP_INDEX_URL": "https://pip.example.com/simple",
        "PIP_TRUSTED_HOST": "pip.example.com other.example.com",
        "PIP_CERT": "/pip.pem",
        "PIP_PROXY": "http://other.example.com:1",
    }
    read = told(project, PIP_CONFIG_FILE=str(project / "pip.conf"), **said)
    assert read == FROM_FILE | {
        "UV_DEFAULT_INDEX": said["PIP_INDEX_URL"],
        "UV_INSECURE_HOST": said["PIP_TRUSTED_HOST"],
        "SSL_CERT_FILE": said["PIP_CERT"],
        "ALL_PROXY": said["PIP_PROXY"],
    }


def test_settings_for_pip_install_win_over_those_for_all_of_pip(project: Path) -> None:
    more = "[install]\nindex-url = https://install.example.com/simple\n"
    (project / "pip.conf").write_text(FILE + more)
    read = told(project, PIP_CONFIG_FILE=str(project / "pip.conf"))
    assert read == FROM_FILE | {"UV_DEFAULT_INDEX": "https://install.example.com/simple"}


def test_what_uv_is_told_itself_wins(project: Path) -> None:
    said = {name: f"mine of {name}" for name in FROM_FILE}
    assert told(project, PIP_CONFIG_FILE=str(project / "pip.conf"), **said) == said
    older = told(
        project,
        PIP_INDEX_URL="https://pip.example.com",
        UV_INDEX_URL="https://uv.example.com",
    )
    assert older["UV_DEFAULT_INDEX"] == "https://uv.example.com"


@pytest.mark.parametrize("name", ["UV_INDEX", "UV_EXTRA_INDEX_URL"])
def test_indexes_that_uv_is_told_itself_are_taken_as_uv_does(name: str, project: Path) -> None:
    said = {name: "https://uv.example.com"}
    assert told(project, PIP_EXTRA_INDEX_URL="https://pip.example.com", **said) == said


@pytest.mark.parametrize(
    ("said", "more"), [("1", " --no-index"), ("true", " --no-index"), ("0", "")]
)
def test_without_an_index_uv_asks_none(said: str, more: str, project: Path) -> None:
    first = uv(project, "pip", "sync", PIP_NO_INDEX=said).splitlines()[0]
    assert first == f"pip sync{more}"


def wheel(directory: Path, version: str) -> None:
    """Write a package that holds nothing but its version."""
    directory.mkdir(parents=True)
    about = f"only_here-{version}.dist-info"
    with zipfile.ZipFile(directory / f"only_here-{version}-py3-none-any.whl", "w") as file:
        file.writestr("only_here.py", f"VERSION = {version!r}\n")
        file.writestr(
            f"{about}/METADATA", f"Metadata-Version: 2.1\nName: only-here\nVersion: {version}\n"
        )
        file.writestr(
            f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        file.writestr(f"{about}/RECORD", "")


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves files and says nothing."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def index(tmp_path: Path) -> Iterator[str]:
    """Return the address of two indexes, old/ and new/, each with a version of one package."""
    for name, version in (("old", "1.0"), ("new", "2.0")):
        wheel(tmp_path / "served" / name / "only-here", version)
    handler = functools.partial(Quiet, directory=str(tmp_path / "served"))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_the_best_version_of_all_indexes_is_installed_as_by_pip(index: str, project: Path) -> None:
    (project / ".venv" / "bin" / "uv").unlink()
    (project / ".venv" / "bin" / "uv").symlink_to(ROOT / ".venv" / "bin" / "uv")
    file = f"[global]\nindex-url = {index}/new/\nextra-index-url = {index}/old/\n"
    (project / "pip.conf").write_text(file + "trusted-host = 127.0.0.1\n")
    uv(
        project,
        *("pip", "install", "--quiet", "--no-cache", "--target", "installed"),
        *("--python", str(ROOT / ".venv" / "bin" / "python"), "only-here"),
        PIP_CONFIG_FILE=str(project / "pip.conf"),
    )
    assert (project / "installed" / "only_here.py").read_text() == "VERSION = '2.0'\n"
