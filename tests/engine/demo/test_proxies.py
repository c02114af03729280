"""A service on this machine is asked directly, whatever the shell says of proxies."""

import os
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from urllib.request import proxy_bypass

import pytest

from slipway import cli, loopback
from slipway.demo import traffic
from slipway.errors import ProjectError

NOBODY = "127.0.0.1:9"
SETTINGS = [
    {"HTTP_PROXY": f"http://{NOBODY}"},
    {"http_proxy": f"http://{NOBODY}", "no_proxy": "example.com"},
    {"ALL_PROXY": f"socks5://{NOBODY}"},
    {"SSL_CERT_FILE": "/no/such/file"},
]


class Hello(BaseHTTPRequestHandler):
    """Answers every GET."""

    def do_GET(self) -> None:
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(autouse=True)
def shell(monkeypatch: pytest.MonkeyPatch) -> None:
    """Begin without proxies, and end with the variables of before."""
    for name in (*loopback.VARIABLES, "HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)


@pytest.fixture
def port() -> Iterator[int]:
    """Return the port of a service on this machine."""
    with HTTPServer(("127.0.0.1", 0), Hello) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


def give(variables: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)


@pytest.mark.parametrize("variables", SETTINGS)
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_the_service_of_this_machine_answers(
    port: int, host: str, variables: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    give(variables, monkeypatch)
    with traffic.client_of(f"http://{host}:{port}") as client:
        assert client.get("/").status_code == 204


@pytest.mark.parametrize("variables", SETTINGS[2:])
def test_elsewhere_a_proxy_or_certificate_that_is_not_there_is_told_in_a_sentence(
    variables: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    give(variables, monkeypatch)
    with pytest.raises(ProjectError, match=r"No client can be made for https://models\.example"):
        traffic.client_of("https://models.example")


@pytest.mark.parametrize("url", ["http://[::1", "http://localhost:port"])
def test_what_is_no_address_is_told_in_a_sentence(url: str) -> None:
    with pytest.raises(ProjectError, match=r"No client can be made for .* correct the address"):
        traffic.client_of(url)


@pytest.mark.parametrize("named", ["", "example.com", "localhost,example.com", "*"])
def test_every_command_and_its_children_ask_this_machine_directly(
    named: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    give({"no_proxy": named, "HTTP_PROXY": f"http://{NOBODY}"}, monkeypatch)
    assert cli.main(["monitor", "--month", "never"]) == 1
    assert "is no month" in capsys.readouterr().err
    for host in ("127.0.0.1:5000", "localhost:9000", "example.com"):
        expected = host != "example.com" or named != ""
        assert bool(proxy_bypass(host)) == expected
    assert os.environ["NO_PROXY"] == os.environ["no_proxy"]
