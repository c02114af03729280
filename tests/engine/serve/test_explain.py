"""Explained answers, on request alone: they add up, on both routes alike, and leave no trace."""

from typing import Any

import httpx
import pytest

from slipway.bundle import Model
from slipway.serve.explanations import ROWS_MAXIMUM

from .bodies import Body
from .process import Server, Start, assert_refused, wait_until

PATH = "/v1/predictions"


@pytest.fixture
def explained(client: httpx.Client, rows: list[Body]) -> list[dict[str, Any]]:
    """Return the predictions of the typed route with their explanations."""
    answer = client.post(PATH, json={"rows": rows, "explain": True}).raise_for_status().json()
    predictions: list[dict[str, Any]] = answer["predictions"]
    return predictions


def tensors(client: httpx.Client, path: str, body: Body) -> dict[str, Any]:
    answer = client.post(path, json=body).raise_for_status().json()
    return {tensor["name"]: tensor for tensor in answer["outputs"]}


def test_base_and_contributions_add_up_to_the_probability(explained: list[dict[str, Any]]) -> None:
    for prediction in explained:
        explanation = prediction["explanation"]["probability"]
        total = explanation["base"] + sum(explanation["contributions"].values())
        assert total == pytest.approx(prediction["probability"], abs=1e-6)


def test_contributions_are_named_as_the_inputs(
    explained: list[dict[str, Any]], model: Model
) -> None:
    named = [spec.name for spec in model.manifest.inputs if spec.role != "key"]
    for prediction in explained:
        assert list(prediction["explanation"]["probability"]["contributions"]) == named


def test_the_protocol_explains_as_the_typed_route_does(
    client: httpx.Client,
    infer_path: str,
    request_body: Body,
    explained: list[dict[str, Any]],
) -> None:
    body = {**request_body, "parameters": {"explain": True}}
    tensor = tensors(client, infer_path, body)["probability_contributions"]
    typed = [one["explanation"]["probability"] for one in explained]
    assert tensor["shape"] == [3, len(typed[0]["contributions"])]
    assert tensor["data"] == [value for one in typed for value in one["contributions"].values()]
    assert tensor["parameters"] == {"base": typed[0]["base"]}


def test_an_output_that_is_asked_for_alone_is_explained_too(
    client: httpx.Client, infer_path: str, request_body: Body
) -> None:
    wanted = {"outputs": [{"name": "act"}], "parameters": {"explain": True}}
    answered = tensors(client, infer_path, {**request_body, **wanted})
    assert list(answered) == ["act", "probability_contributions"]


@pytest.mark.parametrize("parameters", [None, {}, {"explain": False}, {"color": "red"}])
def test_nobody_else_gets_an_explanation(
    parameters: Body | None, client: httpx.Client, infer_path: str, request_body: Body
) -> None:
    body = {**request_body, "parameters": parameters}
    assert list(tensors(client, infer_path, body)) == ["probability", "act"]


def test_a_plain_answer_of_the_typed_route_has_no_explanation(
    client: httpx.Client, rows: list[Body]
) -> None:
    for body in ({"rows": rows}, {"rows": rows, "explain": False}):
        predictions = client.post(PATH, json=body).json()["predictions"]
        assert [sorted(one) for one in predictions] == [["act", "key", "probability"]] * 3


@pytest.mark.parametrize("wanted", ["yes", 1, 0, [], {}, "true"])
def test_a_wish_that_is_neither_true_nor_false_is_refused(
    wanted: object, server: Server, infer_path: str, request_body: Body, rows: list[Body]
) -> None:
    for path, body in (
        (infer_path, {**request_body, "parameters": {"explain": wanted}}),
        (PATH, {"rows": rows, "explain": wanted}),
    ):
        request = server.client.build_request("POST", path, json=body)
        assert "explain" in assert_refused(server, path, request.read()).json()["error"]


def test_too_many_rows_to_explain_are_refused_and_not_kept(
    server: Server, valid: Body, route: str, rows: list[Body]
) -> None:
    before = server.metric("predictions_total")
    many = [{**row, "parcel_id": f"many-{number}"} for number in range(3) for row in rows]
    body = {"rows": many, "explain": True}
    request = server.client.build_request("POST", PATH, json=body)
    error = assert_refused(server, PATH, request.read()).json()["error"]
    assert error == f"explain: 9 rows are too many, give at most {ROWS_MAXIMUM} in a request."
    assert server.metric("predictions_total") == before


def test_what_an_explanation_computes_is_neither_counted_nor_captured(
    start: Start, rows: list[Body]
) -> None:
    with start() as server:
        body = {"rows": rows, "explain": True}
        server.client.post(PATH, json=body).raise_for_status()
        wait_until(lambda: len(server.predictions()) == len(rows))
        assert server.metric("predictions_total") == len(rows)
        assert server.end() == 0
    assert len(server.predictions()) == len(rows)
