"""The server answers as the training computes, and refuses what the schema does not allow."""

from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from slipway.bundle import Model
from slipway.serve.prove import equal
from slipway.training_data.columns import to_columns

from .requests import bodies, malformed

if TYPE_CHECKING:
    from starlette.testclient import TestClient

ROUTE = "/v1/predictions"


def test_the_server_answers_what_the_training_computes(
    client: "TestClient", model: Model, rows: pl.DataFrame
) -> None:
    asked = bodies(rows, model.manifest.inputs)
    answered = client.post(ROUTE, json={"rows": asked}).json()["predictions"]
    expected = model.answer(model.predict(to_columns(rows)))
    for name, values in expected.items():
        served = [prediction[name] for prediction in answered]
        assert equal(served, values), name


def test_both_routes_give_the_same_answers(
    client: "TestClient", model: Model, rows: pl.DataFrame
) -> None:
    asked = bodies(rows.head(20), model.manifest.inputs)
    typed = client.post(ROUTE, json={"rows": asked}).json()["predictions"]
    tensors = [
        {
            "name": spec.name,
            "datatype": spec.datatype,
            "shape": [len(asked)],
            "data": [row[spec.name] for row in asked],
        }
        for spec in model.manifest.inputs
    ]
    path = f"/v2/models/{model.manifest.name}/infer"
    for output in client.post(path, json={"inputs": tensors}).json()["outputs"]:
        assert output["data"] == [prediction[output["name"]] for prediction in typed]


def test_a_malformed_request_is_refused_with_a_reason(
    client: "TestClient", model: Model, rows: pl.DataFrame
) -> None:
    valid = bodies(rows.head(1), model.manifest.inputs)[0]
    cases = list(malformed(valid, model.manifest.inputs))
    answers: dict[str, Any] = {
        wrong: client.post(ROUTE, json={"rows": [body]}) for wrong, body in cases
    }
    assert len(answers) > len(model.manifest.inputs)
    accepted = [wrong for wrong, answer in answers.items() if answer.status_code not in (400, 422)]
    assert accepted == []
    assert all(list(answer.json()) == ["error"] for answer in answers.values())


@pytest.mark.parametrize("path", ["/", "/docs", "/openapi.json", "/v2/health/ready", "/metrics"])
def test_a_page_of_the_server_answers(path: str, client: "TestClient") -> None:
    assert client.get(path).is_success
