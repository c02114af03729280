"""The document of the server says what the server does, and its page needs no internet."""

import re
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import httpx
import pytest

from slipway.bundle import Model
from tests.engine import browser

from .bodies import Body
from .process import Server

ADDRESSES = ("href", "src")
ERRORS = {"400", "408", "413", "415", "431", "500"}
EXAMPLES = 25  # of each operation


class Assets(HTMLParser):
    """Collects what a page loads."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.addresses += [value for name, value in attrs if name in ADDRESSES and value]


@pytest.fixture
def document(client: httpx.Client) -> dict[str, Any]:
    described: dict[str, Any] = client.get("/openapi.json").json()
    return described


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield method, path, operation


def test_everything_that_the_page_loads_comes_from_the_server(client: httpx.Client) -> None:
    page = client.get("/docs")
    addresses = Assets(page.text).addresses
    assert len(addresses) == 3
    for address in [*addresses, "openapi.json"]:
        assert urljoin(f"{client.base_url}/docs", address).startswith(f"{client.base_url}/")
        answer = client.get(urljoin("/docs", address))
        assert (answer.status_code, len(answer.content) > 1000) == (200, True)
    assert "'openapi.json'" in page.text or '"openapi.json"' in page.text
    assert "://" not in page.text


def test_the_style_of_the_page_loads_nothing_from_elsewhere(client: httpx.Client) -> None:
    style = client.get("/docs/swagger-ui.css").text
    assert not re.findall(r"@import|url\((?![\"']?(?:data:|#))", style)


def test_a_browser_without_a_network_shows_every_route(
    server: Server, document: dict[str, Any]
) -> None:
    shown = browser.run("--dump-dom", f"{server.client.base_url}/docs")
    paths = re.findall(r'data-path="([^"]+)"', shown)
    assert set(paths) == document["paths"].keys()


def test_the_root_leads_to_the_page(client: httpx.Client) -> None:
    answer = client.get("/", follow_redirects=True)
    assert (answer.url.path, answer.status_code) == ("/docs", 200)


def test_the_routes_of_the_protocol_are_described(document: dict[str, Any]) -> None:
    assert {"/v2", "/v2/health/live", "/v2/health/ready", "/metrics"} <= document["paths"].keys()
    for model in ("/v2/models/{model}", "/v2/models/{model}/versions/{version}"):
        assert {model, f"{model}/ready", f"{model}/infer"} <= document["paths"].keys()


def test_every_status_is_described(document: dict[str, Any]) -> None:
    for method, path, operation in operations(document):
        expected = ERRORS | {"200"}
        expected |= {"404"} if "{" in path else set()
        expected |= {"503"} if method == "post" or path == "/v2/health/ready" else set()
        assert operation["responses"].keys() == expected, path


def test_the_document_names_the_longest_body(document: dict[str, Any]) -> None:
    too_long = document["paths"]["/v1/predictions"]["post"]["responses"]["413"]
    assert "1048576 bytes" in too_long["description"]


def test_a_documented_tensor_is_that_of_the_input(
    document: dict[str, Any], model: Model, request_body: Body
) -> None:
    tensors = document["components"]["schemas"]["InferRequest"]["properties"]["inputs"]["items"]
    for spec, tensor, sent in zip(
        model.manifest.inputs, tensors["oneOf"], request_body["inputs"], strict=True
    ):
        assert tensor["properties"]["name"]["enum"] == [spec.name] == [sent["name"]]
        assert tensor["properties"]["datatype"]["enum"] == [spec.datatype]


@pytest.mark.parametrize(
    "chosen",
    [
        ["--exclude-path-regex", "infer$"],
        # JSON Schema cannot say that each input comes once and has as many values as rows.
        ["--include-path-regex", "infer$", "--exclude-checks", "positive_data_acceptance"],
    ],
    ids=["all but tensors", "tensors"],
)
def test_what_the_document_allows_and_forbids_is_answered_as_it_says(
    server: Server, chosen: list[str], tmp_path: Path
) -> None:
    url = f"{server.client.base_url}/openapi.json"
    command = [sys.executable, "-m", "schemathesis.cli", "run", url, "--no-color", "--seed", "1"]
    limits = ["--phases", "examples,coverage,fuzzing", "--max-examples", str(EXAMPLES)]
    fuzzed = subprocess.run(
        [*command, *limits, *chosen], cwd=tmp_path, capture_output=True, text=True
    )
    assert fuzzed.returncode == 0, fuzzed.stdout
    tested = re.search(r"([0-9]+) generated, \1 passed", fuzzed.stdout)
    assert tested is not None, fuzzed.stdout
    assert int(tested[1]) > 200
