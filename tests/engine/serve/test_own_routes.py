"""A project adds routes of its own to the server, by a module that only they need."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.engine.kit import PROJECT

from .process import Server, Start

PATH = "/v1/depots/{number}"
ROUTES = """
from fastapi import FastAPI

DEPOTS = ("BER", "HAM", "MUC")


def add(api: FastAPI) -> None:
    @api.get("/v1/depots/{number}", summary="Name a depot")
    def depot(number: int) -> dict[str, str]:
        return {"depot": DEPOTS[number]}
"""


def project_with(routes: str, directory: Path) -> dict[str, str]:
    """Write a project whose package has the module `routes`; return a server's variables."""
    compiled = shutil.ignore_patterns("__pycache__")  # another process may be writing there
    shutil.copytree(PROJECT, directory, ignore=compiled, dirs_exist_ok=True)
    (directory / "src" / "parcels" / "routes.py").write_text(routes)
    path = os.pathsep.join([str(directory / "src"), os.environ["PYTHONPATH"]])
    return {"PROJECT_ROOT": str(directory), "PYTHONPATH": path}


@pytest.fixture(scope="module")
def extended(start: Start, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Return a server of a project with a route of its own."""
    with start(**project_with(ROUTES, tmp_path_factory.mktemp("extended"))) as server:
        yield server


def described(client: httpx.Client) -> list[str]:
    """Return the paths of the server's document."""
    return list(client.get("/openapi.json").json()["paths"])


def test_an_own_route_is_served(extended: Server) -> None:
    response = extended.client.get("/v1/depots/1")
    assert (response.status_code, response.json()) == (200, {"depot": "HAM"})


def test_an_own_route_is_described_beside_the_engines(extended: Server) -> None:
    assert described(extended.client)[:2] == ["/v1/predictions", PATH]


def test_an_own_route_documents_the_statuses_that_the_server_answers(extended: Server) -> None:
    paths = extended.client.get("/openapi.json").json()["paths"]
    assert {"200", "400", "500"} <= paths[PATH]["get"]["responses"].keys()
    assert "422" not in paths[PATH]["get"]["responses"]


def test_an_own_route_is_counted_by_its_name(extended: Server) -> None:
    sample = 'http_requests_total{route="depot",status="200"}'
    before = extended.metric(sample)
    extended.client.get("/v1/depots/2")
    assert extended.metric(sample) == before + 1


def test_an_own_route_refuses_in_the_form_of_the_protocol(extended: Server) -> None:
    response = extended.client.get("/v1/depots/first")
    assert response.status_code == 400
    assert list(response.json()) == ["error"]
    assert "path.number" in response.json()["error"]


def test_a_failure_of_an_own_route_hides_its_reason(extended: Server) -> None:
    response = extended.client.get("/v1/depots/99")
    assert response.status_code == 500
    assert response.json() == {"error": "the server failed; its log says why."}


def test_a_failure_tells_the_client_that_the_connection_ends(extended: Server) -> None:
    assert extended.client.get("/v1/depots/99").headers["connection"] == "close"


def test_the_predictions_are_served_beside_an_own_route(
    extended: Server, infer_path: str, route: str, valid: dict[str, object]
) -> None:
    assert extended.client.post(route, json=valid).status_code == 200


def test_a_project_without_own_routes_has_none(client: httpx.Client) -> None:
    assert [path for path in described(client) if path.startswith("/v1")] == ["/v1/predictions"]
    assert client.get("/v1/depots/1").status_code == 404


def test_a_module_of_routes_that_adds_nothing_is_refused(start: Start, tmp_path: Path) -> None:
    said = r'"error","event":"src/parcels/routes\.py does not define'
    refused = pytest.raises(AssertionError, match=said)
    with refused, start(**project_with("", tmp_path / "project")):
        pass
