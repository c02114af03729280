"""The typed route: rows in, decisions out, described by its own document."""

from typing import Any

import httpx
import pytest

from slipway.bundle import Model

from .bodies import Body

PATH = "/v1/predictions"
JSON_TYPES = {"BOOL": "boolean", "BYTES": "string", "FP32": "number", "INT64": "integer"}


def schema(client: httpx.Client, name: str) -> dict[str, Any]:
    """Return one type of the document."""
    schemas = client.get("/openapi.json").json()["components"]["schemas"]
    described: dict[str, Any] = schemas[name]
    return described


def test_the_typed_route_answers_what_the_protocol_answers(
    client: httpx.Client, infer_path: str, rows: list[Body], request_body: Body
) -> None:
    probability, act = client.post(infer_path, json=request_body).json()["outputs"]
    predictions = client.post(PATH, json={"rows": rows}).json()["predictions"]
    assert [one["probability"] for one in predictions] == probability["data"]
    assert [one["act"] for one in predictions] == act["data"]


def test_an_answer_names_the_model_and_the_keys(
    client: httpx.Client, model: Model, rows: list[Body]
) -> None:
    answer = client.post(PATH, json={"rows": rows}).json()
    (key,) = (spec.name for spec in model.manifest.inputs if spec.role == "key")
    name, digest = model.manifest.name, model.model_digest
    assert answer["model"] == {"name": name, "version": "7", "digest": digest}
    assert [one["key"] for one in answer["predictions"]] == [row[key] for row in rows]


def test_a_row_without_a_key_is_given_one(
    client: httpx.Client, model: Model, rows: list[Body]
) -> None:
    (key,) = (spec.name for spec in model.manifest.inputs if spec.role == "key")
    given = rows[1].pop(key)
    keys = [one["key"] for one in client.post(PATH, json={"rows": rows}).json()["predictions"]]
    assert len(set(keys)) == 3
    assert given not in keys


def test_a_row_without_an_input_is_refused(
    client: httpx.Client, model: Model, rows: list[Body]
) -> None:
    for spec in model.manifest.inputs:
        if spec.role != "key":
            row = {name: value for name, value in rows[0].items() if name != spec.name}
            response = client.post(PATH, json={"rows": [row]})
            assert response.status_code == 400
            assert spec.name in response.json()["error"]


def test_a_row_with_something_else_is_refused(client: httpx.Client, rows: list[Body]) -> None:
    response = client.post(PATH, json={"rows": [{**rows[0], "something": 1}]})
    assert response.status_code == 400
    assert "something" in response.json()["error"]


@pytest.mark.parametrize("side", [-1, 1], ids=["below", "above"])
def test_a_value_out_of_its_range_is_refused_by_both_routes(
    client: httpx.Client,
    model: Model,
    infer_path: str,
    rows: list[Body],
    request_body: Body,
    side: int,
) -> None:
    for index, spec in enumerate(model.manifest.inputs):
        edge = spec.minimum if side < 0 else spec.maximum
        if edge is None:
            continue
        wrong = int(edge) + side  # an integer, else that would be the reason
        response = client.post(PATH, json={"rows": [{**rows[0], spec.name: wrong}]})
        assert (response.status_code, spec.name in response.text) == (400, True)
        tensor = request_body["inputs"][index]
        data, tensor["data"] = tensor["data"], [wrong, wrong, wrong]
        assert client.post(infer_path, json=request_body).status_code == 400
        tensor["data"] = data


def test_the_document_describes_every_input(client: httpx.Client, model: Model) -> None:
    described = schema(client, "Row")
    assert list(described["properties"]) == [spec.name for spec in model.manifest.inputs]
    assert described["required"] == [
        spec.name for spec in model.manifest.inputs if spec.role != "key"
    ]
    for spec in model.manifest.inputs:
        field = described["properties"][spec.name]
        value = field["anyOf"][0] if spec.nullable else field
        assert value["type"] == JSON_TYPES[spec.datatype]
        assert spec.description in value["description"]
        assert value.get("minimum") == spec.minimum
        assert value.get("maximum") == spec.maximum


def test_the_document_limits_the_rows(client: httpx.Client) -> None:
    rows = schema(client, "PredictionsRequest")["properties"]["rows"]
    assert (rows["minItems"], rows["maxItems"]) == (1, 5000)


def test_the_document_can_be_read_in_a_browser(client: httpx.Client) -> None:
    assert "openapi.json" in client.get("/docs").text
