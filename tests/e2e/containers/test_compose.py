"""A project without a cluster trains, serves and shows its runs in containers of its own."""

import http.client
import json
from collections.abc import Iterator
from concurrent.futures import Future

import pytest

from tests.e2e.kit import waiting
from tests.e2e.kit.clients import ROW
from tests.e2e.kit.compose import compose
from tests.e2e.kit.delivery import Delivered

SERVER, MLFLOW = 8080, 5000


@pytest.fixture(scope="module")
def running(containers: Future[Delivered]) -> Iterator[Delivered]:
    """Start what compose.yaml describes, and take it down with its images."""
    project = containers.result()
    compose(project, "up", "--detach")
    yield project
    compose(project, "down", "--rmi", "local", "--volumes")


def ask(port: int, method: str, path: str, body: str = "") -> tuple[int, str]:
    """Return the status and the text of an answer from this machine; 0 where nobody answers."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request(method, path, body or None)
        response = connection.getresponse()
        return response.status, response.read().decode()
    except (OSError, http.client.HTTPException) as error:
        return 0, str(error)
    finally:
        connection.close()


def answers(project: Delivered, port: int, path: str) -> str:
    """Wait until a service answers well, and return the text."""

    def found() -> str | None:
        status, text = ask(port, "GET", path)
        return text if status == 200 else None

    return waiting.until(found, 120, lambda: compose(project, "logs", "--tail=50"))


def test_the_server_answers_with_what_prod_has_released(running: Delivered) -> None:
    answers(running, SERVER, "/v2/health/ready")
    status, text = ask(SERVER, "POST", "/v1/predictions", json.dumps(ROW))
    assert status == 200, text
    answer = json.loads(text)
    assert answer["model"]["digest"] == running.release("prod")["model-digest"]
    (prediction,) = answer["predictions"]
    assert 0 < prediction["probability"] < 1


def test_the_pages_of_mlflow_are_shown_and_know_the_run(running: Delivered) -> None:
    assert "<title>MLflow</title>" in answers(running, MLFLOW, "/")
    path = "/api/2.0/mlflow/registered-models/alias?name=one-machine&alias=candidate"
    version = json.loads(answers(running, MLFLOW, path))["model_version"]
    assert {tag["key"]: tag["value"] for tag in version["tags"]}["as_of"] == "2013-04-01"


def test_what_the_containers_write_belongs_to_the_owner_of_the_project(running: Delivered) -> None:
    owner = running.path.stat().st_uid
    written = list((running.path / "var").rglob("*"))
    assert len(written) >= 20
    assert [path for path in written if path.lstat().st_uid != owner] == []


def test_nothing_of_it_listens_beyond_this_machine(running: Delivered) -> None:
    listed = compose(running, "ps", "--format=json").splitlines()
    published = [entry for line in listed for entry in json.loads(line)["Publishers"]]
    assert {entry["PublishedPort"] for entry in published} == {SERVER, MLFLOW}
    assert {entry["URL"] for entry in published} == {"127.0.0.1"}
